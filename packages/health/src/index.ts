// The public API. Whatever is added here must be kept.

// The monitor
export { HealthMonitor } from './health-monitor.ts';
export type { HealthChange, HealthMonitorOptions } from './health-monitor.ts';
export type { CheckReport, CheckResult, DrainState, HealthReport } from './health-report.ts';
export type { CheckContext, CheckDefinition, CheckOptions, CheckOutcome } from './check.ts';
export type { Clock, TimerHandle } from './clock.ts';

// Statuses and how they add up
export { overallStatus } from './status.ts';
export type { Group, HealthStatus, Priority } from './status.ts';

// Answers to probes
export { HEALTH_JSON, healthJson, healthResponse, healthStatusCode } from './health-json.ts';

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

// Checks of tools, breakers and dependencies
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
export type { ProgramResult } from './run-program.ts';

// Where cpu and memory figures come from
export { cgroupCpuSource, hostCpuSource } from './cpu-sources.ts';
export type { CpuSourceOptions } from './cpu-sources.ts';
export { cgroupMemorySource, hostMemorySource } from './memory-sources.ts';
export { osUtilsSource } from './os-utils-source.ts';
export type { OsUtilsOptions } from './os-utils-source.ts';
export type { PercentReading, PercentSource } from './percent-source.ts';
export type { FileReader } from './cgroup-paths.ts';
