/** Checks by name; one that throws is a bound that was exceeded. */
export type Bounds = Readonly<Record<string, () => void | Promise<void>>>;
