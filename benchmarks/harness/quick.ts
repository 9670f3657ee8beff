/** `pnpm bench --quick`: fewer and shorter rounds, to see that everything runs; the figures are not for quoting. */
export const quick: boolean = process.env['BENCH_QUICK'] === '1';
