import * as promio from '@prometheus-io/client';
import * as prom from 'prom-client';
import { MetricRegistry, type PrometheusRegistry } from './index.ts';

/** Compiles only while the registries of both libraries fit our port without a cast. */
export const registries: readonly PrometheusRegistry[] = [
  prom.register,
  new prom.Registry(),
  new prom.AggregatorRegistry(),
  promio.register,
  new promio.Registry(),
  new MetricRegistry(),
];
