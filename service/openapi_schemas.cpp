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
, "limit" : {
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
      "finished": {"type": "string", "format": "date-time"}}}}}},
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
    "kind": {"type": "string", "enum": ["cut", "grant", "promotion"]},
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
  "standing": {"type": "string", "description": "Holds for every job's sake, for so long: 2h"}}},
"Webhook": {"type": "object", "description": "As GitLab sends it"},
"Readiness": {"type": "object", "required": ["ready", "last_tick", "reason"], "properties": {
  "ready": {"type": "boolean"}, "last_tick": {"type": ["string", "null"], "format": "date-time"},
  "reason": {"type": "string", "description": "Why not; empty when ready"}}},
"Text": {"type": "string"},
"Any": {"type": "object"}
})JSON";

}  // namespace runneriq::service
