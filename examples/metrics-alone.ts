/** @mcp/metrics by itself: record calls, read them as JSON, let Prometheus read the same. */
import assert from 'node:assert/strict';

import { ToolMetrics } from '@mcp/metrics';

const metrics = new ToolMetrics();
metrics.declare('dns_lookup'); // creates the series of the tool

const call = metrics.start('dns_lookup');
call.end({ status: 'success', durationMs: 12, outputBytes: 120 });
call.end({ status: 'failure' }); // only the first end counts
metrics.start('dns_lookup').end({ status: 'timeout', durationMs: 5000, errorType: 'timeout' });
metrics.start('a name that does not exist').end({ status: 'rejected', errorType: 'not_found' });

const stats = metrics.stats('dns_lookup');
assert.equal(stats?.count, 2);
assert.equal(stats?.window.failureRate, 0.5);

const { contentType, body } = await metrics.exposition();
assert.match(contentType, /^text\/plain/u);
assert.match(body, /^mcp_tool_execution_total\{tool="dns_lookup",status="success",error_type="none"\} 1$/mu);
assert.match(body, /tool="__unknown__"/u);
assert.doesNotMatch(body, /does not exist/u);
console.log(`p95 ${stats?.window.p95Ms} ms over ${stats?.window.sampleCount} calls`);
