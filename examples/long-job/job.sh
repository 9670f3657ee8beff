#!/bin/sh
# Starts a job over plain HTTP, waits for its end and prints all of its output. Needs URL and KEY.
set -eu
authorization="Authorization: Bearer $KEY"
location=$(curl -sS -D - -o /dev/null -X POST "$URL/tools/count/execute" -H "$authorization" \
  -H 'Content-Type: application/json' -H 'Prefer: respond-async' -d '{"arguments": {"to": 200000}}' |
  tr -d '\r' | sed -n 's/^location: //ip')
# The stream ends with the job.
curl -sS -N "$URL$location/output?follow=true" -H "$authorization" >/dev/null
curl -sS "$URL$location/output" -H "$authorization"
