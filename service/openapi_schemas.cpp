#include "service/openapi_schemas.hpp"

namespace runneriq::service {

const std::string_view kOpenapiParameters = R"JSON({
"gitlab": {"name": "gitlab", "in": "query", "required": true, "schema": {"type": "string"},
  "description": "The GitLab's base address"},
"job": {"name": "job", "in": "query", "required": true, "schema": {"type": "integer", "minimum": 0}},
"attempt": {"name": "attempt", "in": "query", "required": true, "schema": {"type": "string", "pattern": "^/"},
  "description": "The runner's TMPDIR for this attempt of the job"},
"version": {"name": "version", "in": "query", "schema": {"type": "integer", "minimum": 0, "default": 0},
  "description": "Of the standing that is known already"},
"wait": {"name": "wait", "in": "query", "schema": {"type": "integer", "minimum": 0, "maximum": 30, "default": 0},
  "description": "Seconds to wait for another version"},
"job_filter": {"name": "job", "in": "query", "schema": {"type": "integer", "minimum": 1},
  "description": "The latest decision about this job, as `runneriq explain --output json` prints it"},
"gitlab_filter": {"name": "gitlab", "in": "query", "schema": {"type": "string"},
  "description": "Of that GitLab; with job"},
"since": {"name": "since", "in": "query", "schema": {"type": "string"},
  "description": "A time (RFC 3339), or how long ago (2h)"
}
, "until": {"name": "until", "in": "query", "schema": {"type": "string"},
  "description": "A time (RFC 3339), or how long ago (2h); what ended before"},
"hours": {"name": "hours", "in": "query",
  "schema": {"type": "integer", "minimum": 1, "maximum": 72, "default": 24}},
"project_filter": {"name": "project", "in": "query", "schema": {"type": "integer", "minimum": 1}},
"pipeline_filter": {"name": "pipeline", "in": "query", "schema": {"type": "integer", "minimum": 1}},
"carbon_job": {"name": "job", "in": "query", "schema": {"type": "integer", "minimum": 1}},
"limit" : {
  "name" : "limit",
  "in" : "query",
  "schema" : {"type" : "integer", "minimum" : 1, "maximum" : 1000, "default" : 100}
},
            "all" : {
              "name" : "all",
              "in" : "query",
              "schema" : {"type" : "integer", "enum" : [ 0, 1 ], "default" : 0},
              "description" : "1: those that are decided or over, too"
            },
                    "id" : {
  "name" : "id", "in" : "path", "required" : true, "schema" : {
    "type" : "integer", "minimum" : 1
  }
}
})JSON";

const std::string_view kOpenapiSchemas = R"JSON({
"Error": {"type": "object", "required": ["error"], "properties": {"error": {"type": "object",
  "required": ["code", "message"], "properties": {
    "code": {"type": "string"},
    "message": {"type": "string", "description": "A sentence with the bad value and the remedy"}}}}},
"Class": {"type": "string", "enum": ["CRITICAL", "HIGH", "MEDIUM", "LOW"]},
"Host": {"type": "object", "required": ["host"], "properties": {
  "host": {"type": "string", "description": "Stable, and different for each host"},
  "slots": {"type": "integer", "minimum": 0, "description": "0 = no limit"},
  "runner": {"type": "integer", "minimum": 0, "description": "The GitLab runner's id; 0 = not known"},
  "load": {"type": ["number", "null"], "minimum": 0, "maximum": 1},
  "memory_available": {"type": ["number", "null"], "minimum": 0, "maximum": 1},
  "cpu_pressure": {"type": ["number", "null"], "minimum": 0, "maximum": 1}}},
"AdmissionQuestion": {"type": "object", "required": ["host", "job"], "properties": {
  "host": {"$ref": "#/components/schemas/Host"},
  "job": {"type": "object", "required": ["gitlab", "job", "attempt", "class", "score"], "properties": {
    "gitlab": {"type": "string"}, "job": {"type": "integer"}, "attempt": {"type": "string"},
    "project": {"type": "integer"}, "name": {"type": "string"}, "stage": {"type": "string"},
    "class": {"$ref": "#/components/schemas/Class"},
    "score": {"type": "number", "minimum": 0, "maximum": 100},
    "queued_seconds": {"type": "number"},
    "max_hold_seconds": {"type": "number", "description": "0 = never hold"}}}}},
"AdmissionStanding": {"type": "object",
  "required": ["standing", "position", "queue_length", "score", "class", "reason", "version"], "properties": {
  "standing": {"type": "string", "enum": ["next", "held"],
    "description": "next: take a slot now, if the host has one"},
  "position": {"type": "integer", "minimum": 1}, "queue_length": {"type": "integer", "minimum": 1},
  "score": {"type": "number"}, "class": {"$ref": "#/components/schemas/Class"},
  "expected_seconds": {"type": ["number", "null"]},
  "expected_start": {"type": ["string", "null"], "format": "date-time"},
  "reason": {"type": "string"}, "version": {"type": "integer"}}},
"OutcomeReport": {"type": "object", "required": ["host", "outcomes"], "properties": {
  "host": {"$ref": "#/components/schemas/Host"},
  "outcomes": {"type": "array", "maxItems": 100, "items": {"type": "object",
    "required": ["gitlab", "job", "attempt", "class", "score", "succeeded", "finished"], "properties": {
      "gitlab": {"type": "string"}, "job": {"type": "integer"}, "attempt": {"type": "string"},
      "project": {"type": "integer"}, "name": {"type": "string"}, "stage": {"type": "string"},
      "class": {"$ref": "#/components/schemas/Class"}, "score": {"type": "number"},
      "queued_seconds": {"type": "number"}, "held_seconds": {"type": "number"},
      "ran_seconds": {"type": "number"}, "cpu_seconds": {"type": ["number", "null"]},
      "succeeded": {"type": "boolean"}, "exit_code": {"type": "integer"}, "failed_stage": {"type": "string"},
      "finished": {"type": "string", "format": "date-time"},
      "energy": {"type": ["object", "null"], "required": ["joules", "method"],
        "description": "Of the attempt; what cannot be is left out", "properties": {
        "joules": {"type": "number", "minimum": 0, "maximum": 1e9},
        "method": {"type": "string", "enum": ["rapl", "cpu_model", "class_default"]}}}}}}}},
"Accepted": {"type": "object", "required": ["accepted"], "properties": {
  "accepted": {"type": "integer", "minimum": 0, "description": "How many, from the first, are kept"}}},
"Queue": {"type": "object", "required": ["now", "queue"], "properties": {
  "now": {"type": "string", "format": "date-time"},
  "queue": {"type": "array", "items": {"type": "object", "required": ["position", "job_id"]}}}},
"Runners": {"type": "object", "required": ["now", "runners"], "properties": {
  "now": {"type": "string", "format": "date-time"},
  "runners": {"type": "array", "items": {"type": "object", "required": ["id", "gitlab", "tags"]}}}},
"Decisions": {"type": "object", "description": "With job: one decision"},
"Leases": {"type": "object", "required": ["now", "mode", "leases"], "properties": {
  "now": {"type": "string", "format": "date-time"},
  "mode": {"type": "string", "enum": ["advisory", "supervised", "autonomous"]},
  "leases": {"type": "array", "items": {"type": "object",
    "required": ["id", "gitlab", "runner_id", "tag", "kind", "reason", "created", "expires"], "properties": {
      "id": {"type": "integer"}, "gitlab": {"type": "string"}, "runner_id": {"type": "integer"},
      "tag": {"type": "string"}, "kind": {"type": "string", "enum": ["withhold", "grant"]},
      "reason": {"type": "string"}, "decision": {"type": "string"}, "job_id": {"type": "integer"},
      "created": {"type": "string", "format": "date-time"},
      "renewed": {"type": "string", "format": "date-time"},
      "expires": {"type": "string", "format": "date-time"}}}}}},
"Audit": {"type": "object", "required": ["records"], "properties": {
  "records": {"type": "array", "items": {"type": "object",
    "required": ["seq", "at", "actor", "trust", "event", "document", "digest"], "properties": {
      "seq": {"type": "integer"}, "at": {"type": "string", "format": "date-time"},
      "actor": {"type": "string"}, "trust": {"type": "string"}, "event": {"type": "string"},
      "digest": {"type": "string"}}}}}},
"Approval": {"type": "object",
  "required": ["id", "state", "kind", "tag", "class", "runner_ids", "reason", "created", "expires", "standing"],
  "properties": {
    "id": {"type": "integer"},
    "state": {"type": "string", "enum": ["open", "approved", "rejected", "expired", "superseded"]},
    "kind": {"type": "string", "enum": ["cut", "grant", "promotion", "play"]},
    "gitlab": {"type": "string"}, "tag": {"type": "string"}, "job_id": {"type": "integer"},
    "class": {"$ref": "#/components/schemas/Class"},
    "runner_ids": {"type": "array", "items": {"type": "integer"}},
    "reason": {"type": "string"}, "digest": {"type": "string"},
    "created": {"type": "string", "format": "date-time"}, "expires": {"type": "string", "format": "date-time"},
    "standing": {"type": "boolean"}, "decided_by": {"type": ["string", "null"]},
    "decided": {"type": ["string", "null"], "format": "date-time"}}},
"Approvals": {"type": "object", "required": ["approvals"], "properties": {
  "approvals": {"type": "array", "items": {"$ref": "#/components/schemas/Approval"}}}},
"Verdict": {"type": "object", "required": ["verdict"], "properties": {
  "verdict": {"type": "string", "enum": ["approve", "reject"]},
  "standing": {"type": "string", "description": "Holds for any job, for so long: 2h"}}},
"CarbonBasis": {"type": "object", "required": ["signal", "factors"], "properties": {
  "signal": {"type": "string", "enum": ["average", "marginal"]},
  "factors": {"type": "string", "enum": ["lifecycle", "direct"]}}},
"CarbonBounds": {"type": "object", "required": ["green_below", "red_from"], "description": "g/kWh", "properties": {
  "green_below": {"type": "number", "minimum": 0}, "red_from": {"type": "number", "minimum": 0}}},
"CarbonShade": {"type": ["string", "null"], "enum": ["green", "amber", "red", null]},
"CarbonRung": {"type": "string", "enum": ["live", "forecast", "hour_profile", "annual_mean", "none"],
  "description": "What an intensity is known by, the most trusted first"},
"CarbonRunner": {"type": "object", "required": ["gitlab", "runner_id", "runner"], "properties": {
  "gitlab": {"type": "string"}, "runner_id": {"type": "integer"}, "runner": {"type": "string"},
  "remedy": {"type": "string"}}},
"CarbonNow": {"type": "object",
  "required": ["now", "basis", "bounds", "zones", "runners_without_zone", "notes"], "properties": {
    "now": {"type": "string", "format": "date-time"},
    "basis": {"$ref": "#/components/schemas/CarbonBasis"}, "bounds": {"$ref": "#/components/schemas/CarbonBounds"},
    "zones": {"type": "array", "items": {"type": "object",
      "required": ["zone", "g_per_kwh", "shade", "rung", "source", "age_seconds", "estimated", "why", "remedy",
                   "runners"],
      "properties": {
        "zone": {"type": "string"}, "g_per_kwh": {"type": ["number", "null"], "minimum": 0, "maximum": 2000},
        "shade": {"$ref": "#/components/schemas/CarbonShade"}, "rung": {"$ref": "#/components/schemas/CarbonRung"},
        "source": {"type": ["string", "null"]}, "age_seconds": {"type": ["number", "null"]},
        "estimated": {"type": "boolean"}, "why": {"type": "string"}, "remedy": {"type": ["string", "null"]},
        "runners": {"type": "array", "items": {"$ref": "#/components/schemas/CarbonRunner"}}}}},
    "runners_without_zone": {"type": "array", "items": {"$ref": "#/components/schemas/CarbonRunner"}},
    "notes": {"type": "array", "items": {"type": "string"}}}},
"CarbonForecast": {"type": "object", "required": ["now", "basis", "bounds", "hours", "zones", "notes"],
  "properties": {
    "now": {"type": "string", "format": "date-time"},
    "basis": {"$ref": "#/components/schemas/CarbonBasis"}, "bounds": {"$ref": "#/components/schemas/CarbonBounds"},
    "hours": {"type": "integer", "minimum": 1, "maximum": 72},
    "zones": {"type": "array", "items": {"type": "object", "required": ["zone", "hours", "best"], "properties": {
      "zone": {"type": "string"},
      "hours": {"type": "array", "maxItems": 72, "items": {"type": "object",
        "required": ["from", "g_per_kwh", "shade", "rung", "estimated"], "properties": {
          "from": {"type": "string", "format": "date-time"},
          "g_per_kwh": {"type": ["number", "null"], "minimum": 0, "maximum": 2000},
          "shade": {"$ref": "#/components/schemas/CarbonShade"},
          "rung": {"$ref": "#/components/schemas/CarbonRung"}, "estimated": {"type": "boolean"}}}},
      "best": {"type": ["object", "null"], "description": "The cleanest two hours",
        "required": ["from", "to", "g_per_kwh"], "properties": {
          "from": {"type": "string", "format": "date-time"}, "to": {"type": "string", "format": "date-time"},
          "g_per_kwh": {"type": "number"}}}}}},
    "notes": {"type": "array", "items": {"type": "string"}}}},
"CarbonSums": {"type": "object",
  "required": ["from", "to", "jobs", "without_grams", "joules", "grams", "mean_g_per_kwh", "saved",
               "compared_to_fifo", "green_routing_rate", "deferred"],
  "properties": {
    "from": {"type": "string", "format": "date-time"}, "to": {"type": "string", "format": "date-time"},
    "jobs": {"type": "integer", "minimum": 0}, "without_grams": {"type": "integer", "minimum": 0},
    "joules": {"type": "number"}, "grams": {"type": "number"}, "mean_g_per_kwh": {"type": ["number", "null"]},
    "saved": {"type": "object", "required": ["jobs", "time", "place", "total", "percent", "against_fifo"],
      "description": "Grams; negative where the choice made it worse", "properties": {
        "jobs": {"type": "integer", "minimum": 0}, "time": {"type": ["number", "null"]},
        "place": {"type": ["number", "null"]}, "total": {"type": ["number", "null"]},
        "percent": {"type": ["number", "null"]}, "against_fifo": {"type": ["number", "null"]}}},
    "compared_to_fifo": {"type": "integer", "minimum": 0},
    "green_routing_rate": {"type": ["number", "null"], "minimum": 0, "maximum": 1},
    "deferred": {"type": "integer", "minimum": 0}}},
"CarbonSummary": {"type": "object", "required": ["now", "periods", "deferred_now", "budgets"], "properties": {
  "now": {"type": "string", "format": "date-time"},
  "periods": {"type": "object", "required": ["today", "week", "month"], "properties": {
    "today": {"$ref": "#/components/schemas/CarbonSums"}, "week": {"$ref": "#/components/schemas/CarbonSums"},
    "month": {"$ref": "#/components/schemas/CarbonSums"}}},
  "deferred_now": {"type": "array", "items": {"type": "object",
    "required": ["gitlab", "job_id", "zone", "planned", "start", "latest_start", "expected_g_per_kwh",
                 "at_once_g_per_kwh", "why"],
    "properties": {
      "gitlab": {"type": "string"}, "job_id": {"type": "integer"}, "zone": {"type": ["string", "null"]},
      "planned": {"type": "string", "format": "date-time"}, "start": {"type": "string", "format": "date-time"},
      "latest_start": {"type": "string", "format": "date-time"},
      "expected_g_per_kwh": {"type": ["number", "null"]}, "at_once_g_per_kwh": {"type": ["number", "null"]},
      "why": {"type": "string"}}}},
  "budgets": {"type": "array", "items": {"type": "object",
    "required": ["name", "used", "grams_per_month", "percent", "level"], "properties": {
      "name": {"type": "string"}, "used": {"type": "number"}, "grams_per_month": {"type": "number"},
      "percent": {"type": ["number", "null"]},
      "level": {"type": "string", "enum": ["fine", "warning", "over"]}}}}}},
"CarbonLedger": {"type": "object", "required": ["rows"], "properties": {
  "rows": {"type": "array", "maxItems": 1000, "items": {"type": "object",
    "required": ["gitlab", "job_id", "project_id", "pipeline_id", "runner_id", "name", "zone", "home_zone",
                 "submitted", "started", "finished", "joules", "energy_method", "pue", "basis", "grams",
                 "at_home_at_submit", "at_home_at_start", "fifo", "saved", "decision", "restated"],
    "properties": {
      "gitlab": {"type": "string"}, "job_id": {"type": "integer"}, "project_id": {"type": "integer"},
      "pipeline_id": {"type": "integer"}, "runner_id": {"type": "integer"}, "name": {"type": "string"},
      "zone": {"type": ["string", "null"]}, "home_zone": {"type": ["string", "null"]},
      "submitted": {"type": "string", "format": "date-time"}, "started": {"type": "string", "format": "date-time"},
      "finished": {"type": "string", "format": "date-time"}, "joules": {"type": "number", "minimum": 0},
      "energy_method": {"type": "string", "enum": ["rapl", "cpu_model", "class_default"]},
      "pue": {"type": "number", "minimum": 1}, "basis": {"$ref": "#/components/schemas/CarbonBasis"},
      "grams": {"type": ["number", "null"]}, "at_home_at_submit": {"type": ["number", "null"]},
      "at_home_at_start": {"type": ["number", "null"]}, "fifo": {"type": ["number", "null"]},
      "saved": {"type": "object", "required": ["time", "place", "total", "against_fifo"], "properties": {
        "time": {"type": ["number", "null"]}, "place": {"type": ["number", "null"]},
        "total": {"type": ["number", "null"]}, "against_fifo": {"type": ["number", "null"]}}},
      "decision": {"type": ["object", "null"]},
      "restated": {"type": "array", "items": {"type": "object", "required": ["when", "grams"]}},
      "slots": {"type": "array", "items": {"type": "object",
        "required": ["from", "to", "g_per_kwh", "rung", "estimated", "grams"]}}}}}}},
"Webhook": {"type": "object", "description": "As GitLab sends it"},
"Readiness": {"type": "object", "required": ["ready", "last_tick", "reason"], "properties": {
  "ready": {"type": "boolean"}, "last_tick": {"type": ["string", "null"], "format": "date-time"},
  "reason": {"type": "string", "description": "Why not; empty when ready"}}},
"Text": {"type": "string"},
"Any": {"type": "object"}
})JSON";

}  // namespace runneriq::service
