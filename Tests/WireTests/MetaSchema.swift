/// The OpenRPC 1.3 meta-schema, cut down to what it demands: titles and descriptions are left out, and its references to the
/// JSON Schema meta-schema end in the two entries under `jsonSchema`.
let openRPCMetaSchema = #"""
  {
    "type": "object", "required": ["info", "methods", "openrpc"], "additionalProperties": false,
    "patternProperties": {"^x-": {}},
    "properties": {
      "openrpc": {"type": "string", "pattern": "^1\\.3\\.[0-9]+$"},
      "info": {"$ref": "#/definitions/info"},
      "externalDocs": {"$ref": "#/definitions/externalDocs"},
      "servers": {"type": "array", "items": {"$ref": "#/definitions/server"}},
      "methods": {"type": "array", "items":
        {"oneOf": [{"$ref": "#/definitions/method"}, {"$ref": "#/definitions/reference"}]}},
      "components": {"type": "object", "properties": {
        "schemas": {"type": "object", "patternProperties": {"[0-z]+": {"$ref": "#/definitions/jsonSchema"}}},
        "links": {"type": "object", "patternProperties": {"[0-z]+": {"$ref": "#/definitions/link"}}},
        "errors": {"type": "object", "patternProperties": {"[0-z]+": {"$ref": "#/definitions/error"}}},
        "examples": {"type": "object", "patternProperties": {"[0-z]+": {"$ref": "#/definitions/example"}}},
        "examplePairings":
          {"type": "object", "patternProperties": {"[0-z]+": {"$ref": "#/definitions/pairing"}}},
        "contentDescriptors":
          {"type": "object", "patternProperties": {"[0-z]+": {"$ref": "#/definitions/descriptor"}}},
        "tags": {"type": "object", "patternProperties": {"[0-z]+": {"$ref": "#/definitions/tag"}}}
      }},
      "$schema": {"type": "string"}
    },
    "definitions": {
      "jsonSchema": {"anyOf": [{"type": "boolean"}, {"$ref": "#/definitions/jsonSchemaObject"}]},
      "jsonSchemaObject": {"type": "object", "properties": {
        "$ref": {"type": "string"}, "title": {"type": "string"}, "description": {"type": "string"},
        "type": {"anyOf": [
          {"$ref": "#/definitions/simpleType"},
          {"type": "array", "items": {"$ref": "#/definitions/simpleType"}}]},
        "properties": {"type": "object", "additionalProperties": {"$ref": "#/definitions/jsonSchema"}},
        "patternProperties": {"type": "object", "additionalProperties": {"$ref": "#/definitions/jsonSchema"}},
        "additionalProperties": {"$ref": "#/definitions/jsonSchema"},
        "items": {"anyOf": [
          {"$ref": "#/definitions/jsonSchema"},
          {"type": "array", "items": {"$ref": "#/definitions/jsonSchema"}}]},
        "required": {"type": "array", "items": {"type": "string"}},
        "enum": {"type": "array"},
        "oneOf": {"type": "array", "items": {"$ref": "#/definitions/jsonSchema"}},
        "anyOf": {"type": "array", "items": {"$ref": "#/definitions/jsonSchema"}},
        "allOf": {"type": "array", "items": {"$ref": "#/definitions/jsonSchema"}},
        "minimum": {"type": "number"}, "maximum": {"type": "number"},
        "minLength": {"type": "integer", "minimum": 0}, "maxLength": {"type": "integer", "minimum": 0},
        "pattern": {"type": "string"}, "format": {"type": "string"}, "contentEncoding": {"type": "string"}
      }},
      "simpleType": {"enum": ["array", "boolean", "integer", "null", "number", "object", "string"]},
      "reference": {"type": "object", "additionalProperties": false, "required": ["$ref"],
        "properties": {"$ref": {"type": "string"}}},
      "error": {"type": "object", "additionalProperties": false, "required": ["code", "message"],
        "properties": {"code": {"type": "integer"}, "message": {"type": "string"}, "data": {}}},
      "license": {"type": "object", "additionalProperties": false, "patternProperties": {"^x-": {}},
        "properties": {"name": {"type": "string"}, "url": {"type": "string"}}},
      "contact": {"type": "object", "additionalProperties": false, "patternProperties": {"^x-": {}},
        "properties": {"name": {"type": "string"}, "email": {"type": "string"}, "url": {"type": "string"}}},
      "info": {"type": "object", "additionalProperties": false, "required": ["title", "version"],
        "patternProperties": {"^x-": {}},
        "properties": {
          "title": {"type": "string"}, "description": {"type": "string"},
          "termsOfService": {"type": "string"}, "version": {"type": "string"},
          "contact": {"$ref": "#/definitions/contact"}, "license": {"$ref": "#/definitions/license"}}},
      "externalDocs": {"type": "object", "additionalProperties": false, "required": ["url"],
        "patternProperties": {"^x-": {}},
        "properties": {"description": {"type": "string"}, "url": {"type": "string"}}},
      "server": {"type": "object", "additionalProperties": false, "required": ["url"],
        "patternProperties": {"^x-": {}},
        "properties": {
          "url": {"type": "string"}, "name": {"type": "string"}, "description": {"type": "string"},
          "summary": {"type": "string"}, "variables": {"type": "object"}}},
      "link": {"type": "object", "additionalProperties": false, "patternProperties": {"^x-": {}},
        "properties": {
          "name": {"type": "string", "minLength": 1}, "summary": {"type": "string"},
          "method": {"type": "string"}, "description": {"type": "string"}, "params": {},
          "server": {"$ref": "#/definitions/server"}}},
      "method": {"type": "object", "additionalProperties": false, "required": ["name", "params"],
        "patternProperties": {"^x-": {}},
        "properties": {
          "name": {"type": "string", "minLength": 1}, "description": {"type": "string"},
          "summary": {"type": "string"},
          "servers": {"type": "array", "items": {"$ref": "#/definitions/server"}},
          "tags": {"type": "array", "items":
            {"oneOf": [{"$ref": "#/definitions/tag"}, {"$ref": "#/definitions/reference"}]}},
          "paramStructure": {"type": "string", "enum": ["by-position", "by-name", "either"]},
          "params": {"type": "array", "items":
            {"oneOf": [{"$ref": "#/definitions/descriptor"}, {"$ref": "#/definitions/reference"}]}},
          "result": {"oneOf": [{"$ref": "#/definitions/descriptor"}, {"$ref": "#/definitions/reference"}]},
          "errors": {"type": "array", "items":
            {"oneOf": [{"$ref": "#/definitions/error"}, {"$ref": "#/definitions/reference"}]}},
          "links": {"type": "array", "items":
            {"oneOf": [{"$ref": "#/definitions/link"}, {"$ref": "#/definitions/reference"}]}},
          "examples": {"type": "array", "items":
            {"oneOf": [{"$ref": "#/definitions/pairing"}, {"$ref": "#/definitions/reference"}]}},
          "deprecated": {"type": "boolean"},
          "externalDocs": {"$ref": "#/definitions/externalDocs"}}},
      "tag": {"type": "object", "additionalProperties": false, "required": ["name"],
        "patternProperties": {"^x-": {}},
        "properties": {
          "name": {"type": "string", "minLength": 1}, "description": {"type": "string"},
          "externalDocs": {"$ref": "#/definitions/externalDocs"}}},
      "example": {"type": "object", "required": ["name", "value"],
        "properties": {
          "summary": {"type": "string"}, "value": {}, "description": {"type": "string"},
          "name": {"type": "string", "minLength": 1}}},
      "pairing": {"type": "object", "required": ["name", "params"],
        "properties": {
          "name": {"type": "string", "minLength": 1}, "description": {"type": "string"},
          "params": {"type": "array", "items":
            {"oneOf": [{"$ref": "#/definitions/example"}, {"$ref": "#/definitions/reference"}]}},
          "result": {"oneOf": [{"$ref": "#/definitions/example"}, {"$ref": "#/definitions/reference"}]}}},
      "descriptor": {"type": "object", "additionalProperties": false, "required": ["name", "schema"],
        "patternProperties": {"^x-": {}},
        "properties": {
          "name": {"type": "string", "minLength": 1}, "description": {"type": "string"},
          "summary": {"type": "string"}, "schema": {"$ref": "#/definitions/jsonSchema"},
          "required": {"type": "boolean"}, "deprecated": {"type": "boolean"}}}
    }
  }
  """#
