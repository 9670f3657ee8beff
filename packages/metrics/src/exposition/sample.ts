export interface Exemplar {
  labelSet: Record<string, string>;
  value: number;
  /** Unix time in seconds. */
  timestamp: number;
}

/** One line of the exposition, in the shape of prom-client. */
export interface Sample {
  value: number;
  labels: Record<string, string | number>;
  /** For the parts of a histogram: the name with its suffix. */
  metricName?: string;
  exemplar?: Exemplar | undefined;
}
