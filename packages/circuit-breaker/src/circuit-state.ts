export type CircuitState = 'closed' | 'open' | 'half_open';

/** The state in which an operator holds the circuit. */
export type Latch = 'open' | 'closed';
