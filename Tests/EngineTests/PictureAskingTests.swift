import Testing

@testable import Engine

/// What is a wish for a picture and what only speaks of one.
@Suite struct PictureAskingTests {
  static let wishes = [
    "Send me a selfie", "send me a selfie!", "Could you send me a picture of you?",
    "Show me what you're wearing",
    "Show me what you’re wearing right now, please.", "Can I see a photo of you?", "can i see a pic",
    "Selfie?",
    "pics please", "Photo, please!", "How about a selfie?", "What about a picture of you by the sea?",
    "I'd love to see a picture of you.", "I want a photo of you in that coat.", "Take a selfie for me.",
    "Take a picture of the harbour and send it to me.", "Let me see your dress.",
    "Let me see you in that dress.",
    "May I see how you look?", "I want to see what you look like.", "Show me your outfit.",
    "Show me your new haircut!",
    "Show me yourself.", "Show me where you are.", "Why don't you send me a picture?",
    "Won't you show me your face?",
    "Can't you send me one more photo?", "I wouldn't mind a selfie.", "Don't be shy, send me a pic.",
    "Please take a photo of the view.", "Could I have another picture?", "Give me a picture of the garden.",
    "Snap a pic of the kitchen for me", "One more selfie, please", "Got a pic?",
    "Have you got a photo of you?",
    "Draw me a lighthouse.", "Could you draw me something?", "Paint us together.", "Make a picture of it.",
    "Generate an image of your room.", "I told her about it. Send me a photo of the cat!",
    "She said \"no photos\", but you can send me a selfie.", "Schick mir bitte ein Selfie.",
    "Zeig mir ein Foto von dir!", "Kann ich ein Bild von dir sehen?", "Zeig mir, was du anhast.",
    "Share a snapshot with me?", "I need a picture of you now.", "Would you mind sending? Just send a photo.",
    "I can't wait to see a photo of you!", "Can we see the view? Show us the view.",
    "hey, send nudes or a selfie lol",
    "I'm bored. Show me what you are doing.", "Post a picture of your garden",
    "I want you to send me a picture.",
  ]
  static let others = [
    "", "Hello.", "Don't send me a selfie.", "Please do not send pictures.", "No pictures, please.",
    "I don't want a photo.", "Stop sending me selfies.", "Never send me a picture again.",
    "You don't have to send me a photo.", "She sent me a selfie yesterday.", "Thanks for the picture!",
    "What a lovely photo!", "I'll send you a photo later.", "Let me show you a picture.",
    "Do you want me to send you a selfie?", "Shall I send a photo?",
    "I want to show you a picture of my dog.",
    "He asked her to send him a picture.", "Send him a photo.", "Can you send her the pictures?",
    "Did you send me the photo?", "When you send me a selfie I smile.",
    "If you send me a picture, I'll print it.",
    "How do you take pictures at night?", "Why do people take selfies?", "Do you like photography?",
    "What are you wearing?", "What do you look like?", "I want to see you tomorrow.", "Can I see you?",
    "Let me see.", "Let me see you tomorrow.", "Show me the way.", "Show me how it works.", "Show me around.",
    "Picture this: a beach.", "Picture yourself on a ship.", "Do you get the picture?",
    "Look at the bigger picture.",
    "Draw your sword!", "Draw me a bath.", "Draw me closer.", "Can you draw?",
    "My sister said \"send me a selfie\" and laughed.", "He wrote: “show me what you're wearing”.",
    "> send me a photo\nThat is what the ad said.", "The word `selfie` is odd.",
    "I saw a picture of you in the paper.",
    "I took a picture of the harbour.", "There is a photo on the wall.", "The pictures fell down.",
    "I like the picture you painted.", "They want a picture of the mayor.", "Tell me about the photo album.",
    "I hate it when you take pictures.", "Kein Selfie bitte.", "Schick mir nicht immer ein Foto.",
    "Have you seen the picture?", "I would rather read than take a photo.",
    "You look good without a picture.",
  ]

  @Test(arguments: wishes) func `a wish is heard`(line: String) {
    #expect(PictureAsking.isAsked(in: line), "“\(line)” asks for a picture")
  }

  @Test(arguments: others) func `what is no wish is none`(line: String) {
    #expect(!PictureAsking.isAsked(in: line), "“\(line)” asks for no picture")
  }

  @Test func `there are enough of both, and a line that is a book is none`() {
    #expect(Self.wishes.count + Self.others.count >= 80)
    #expect(!PictureAsking.isAsked(in: String(repeating: "Send me a selfie. ", count: 1000)))
  }
}
