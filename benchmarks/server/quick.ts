/** `pnpm bench --quick`: fewer and shorter windows, to see that everything runs; its figures are not for quoting. */
export const quick: boolean = process.env['BENCH_QUICK'] === '1';
