public import Model

extension Part: SchemaDescribed {
  /// Kinds differ by `type`; one that a client does not know is to be kept and passed over.
  public static func schema(in book: SchemaBook) -> JSONValue {
    [
      "type": "object", "title": "Part", "required": ["type"],
      "properties": [
        "type": [
          "type": "string",
          "description":
            "`text`, `reasoning`, `image`, `suggestedPrompt`, `context` or `description`; others are kept as they came.",
        ],
        "text": ["type": "string", "description": "All but `image` have it."],
        "image": ["type": "string", "description": "The picture, of `image` and `description`."],
        "kind": ["type": "string", "description": "Of `context`: `selection`, `file` or `tray`."],
        "title": ["type": "string", "description": "Of `context`: what it was called."],
      ],
    ]
  }

  public static var sample: Part { .text("") }
}
