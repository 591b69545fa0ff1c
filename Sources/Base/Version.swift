/// The release all programs of this house belong to; `hello` and `--version` tell it.
public let releaseVersion = "0.1.0"
