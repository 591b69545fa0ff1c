import Config
import Testing

@Suite struct QuotingTests {
  @Test(arguments: [
    "sk-proj-abcdef", "sk_live_1234", "Bearer abc.def", "xai-12345678", "hf_abcdefgh", "9f8e7d6c5b4a3928",
    "0f0f0f0f-1111-2222-3333-444444444444:0123456789abcdef0123456789abcdef", "AIzaSyA1234567890abcdefg",
  ])
  func `what looks like a key is hidden`(text: String) {
    #expect(Quoting.quoted(text) == "text that looks like a key")
    #expect(Quoting.name(text) == "(hidden)")
  }

  @Test(arguments: [
    "claude-3-5-sonnet-20241022", "sao10k/l31-70b-euryale-v2.2", "http://127.0.0.1:8080/v1",
    "messagesPerMinute",
    "deepseek-r1-distill-llama-70b", "/nix/store/0c1b2a394857667f8e9d0c1b2a394857-x/key", "gemma3:27b-it-qat",
    "sk-",
  ])
  func `names of models, addresses and paths are not`(text: String) {
    #expect(Quoting.quoted(text) == "\"\(text)\"")
  }

  @Test func `long text is clipped and control characters are spelt out`() {
    #expect(Quoting.quoted(String(repeating: "é ", count: 100)).count == 83)
    #expect(Quoting.plain("a\u{1B}[2J\n\u{202E}b") == "a\\u{1b}[2J\\u{a}\\u{202e}b")
  }

  @Test func `a command for the shell is quoted when it must be`() {
    #expect(Quoting.shell("/etc/companion/a.key") == "/etc/companion/a.key")
    #expect(Quoting.shell("/a b/it's $x") == "'/a b/it'\\''s $x'")
  }
}
