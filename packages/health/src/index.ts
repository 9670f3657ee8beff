/**
 * @mcp/health: health checks in the background, with enforced timeouts.
 * Adding a name here makes it public API.
 */

// The monitor
export { HealthMonitor } from './monitor/health-monitor.ts';
export type { HealthMonitorOptions } from './monitor/health-monitor.ts';
export type { HealthChange } from './monitor/change-log.ts';
export type { CheckReport, CheckResult, DrainState, HealthReport } from './report/health-report.ts';
export type { CheckContext, CheckDefinition, CheckOptions, CheckOutcome } from './check-definition.ts';
export type { Clock } from './clock.ts';

// Statuses and their aggregation
export { overallStatus } from './status.ts';
export type { Group, HealthStatus, Priority } from './status.ts';

// Responses to probes
export { HEALTH_JSON, healthJson, healthResponse, healthStatusCode } from './report/health-json.ts';

// Checks of this machine and this process
export { cpuCheck } from './checks/cpu.ts';
export type { CpuCheckOptions } from './checks/cpu.ts';
export { memoryCheck } from './checks/memory.ts';
export type { MemoryCheckOptions } from './checks/memory.ts';
export { diskCheck } from './checks/disk.ts';
export type { DiskCheckOptions, FileSystemFigures } from './checks/disk.ts';
export { eventLoopCheck } from './checks/event-loop.ts';
export type { DelayHistogram, EventLoopCheckOptions } from './checks/event-loop.ts';
export { processCheck } from './checks/process.ts';
export type { ProcessCheckOptions } from './checks/process.ts';
export type { ThresholdOptions } from './checks/threshold.ts';

// Checks of tools, circuit breakers and dependencies
export { toolCheck } from './checks/tool.ts';
export type { Availability, ToolCheckOptions } from './checks/tool.ts';
export { breakerCheck } from './checks/breaker.ts';
export type { BreakerCheckOptions, ObservedBreaker } from './checks/breaker.ts';
export { tcpCheck } from './checks/tcp.ts';
export type { TcpCheckOptions } from './checks/tcp.ts';
export { httpCheck } from './checks/http.ts';
export type { HttpCheckOptions } from './checks/http.ts';
export { commandCheck } from './checks/command.ts';
export type { CommandCheckOptions } from './checks/command.ts';
export type {
  ProgramExit,
  ProgramRequest,
  ProgramResult,
  ProgramRunOptions,
  RunProgram,
} from './programs/program-runner.ts';

// Sources of CPU and memory figures
export { cgroupCpuSource, hostCpuSource } from './sources/cpu-sources.ts';
export type { CpuSourceOptions } from './sources/cpu-sources.ts';
export { cgroupMemorySource, hostMemorySource } from './sources/memory-sources.ts';
export { osUtilsSource } from './sources/os-utils-source.ts';
export type { OsUtilsOptions } from './sources/os-utils-source.ts';
export type { PercentReading, PercentSource } from './sources/percent-source.ts';
export type { FileReader } from './sources/cgroup-paths.ts';
