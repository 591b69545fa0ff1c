/// What the offline companion can say. `{…}` is filled in by the reply: {user} {place} {at} {wear} {mirror} {topic} {fact} {act}.
enum OfflineLines {
  static let beats = [
    "*tilts {her} head, listening*", "*smiles a little*", "*leans closer*", "*turns it over for a moment*",
    "*looks up, attentive*", "*rests {her} chin on one hand*", "*lets the quiet stand for a breath*",
    "*nods slowly*",
  ]
  static let placeBeats = [
    "*glances around {place}*", "*settles down a little more comfortably*",
    "*looks across {place} and back again*",
  ]
  static let wearBeats = ["*smooths the {wear}*", "*tugs at the {wear}, thinking*"]

  static let greetings = [
    "Hello, {user}. I was hoping it would be you.", "There you are, {user}. Come in, sit down.",
    "Hello. You have good timing; it was getting too quiet here.", "Hey, {user}. It is good to see you.",
  ]
  static let askBack = [
    "What kind of day has it been so far?", "What brings you here just now?", "How are you, really?",
    "What would you like to do first?", "Tell me the first thing on your mind.",
  ]
  static let farewells = [
    "Go gently, {user}. I will keep everything just as we left it.",
    "Good night, then. Nothing here runs away.",
    "Until soon. I will remember where we stopped.",
  ]
  static let stories = [
    "There was a clockmaker who set every clock in town five minutes late, so that nobody who hurried would come too early for a goodbye. They found out when he died, and left the clocks as they were.",
    "A lighthouse keeper wrote one letter a year and threw it into the sea. In the tenth year one came back. All it said was: I have them all, keep writing.",
    "A girl sold umbrellas in a town where it never rained. She said they were for hope. The first drop fell on the day she had one left, and she kept it.",
  ]
  static let thanks = [
    "Any time, {user}.", "You are welcome. It was little enough.", "Gladly. Ask me again whenever you like.",
  ]
  static let sorrys = [
    "It is all right. Truly.", "Already forgiven; don't carry it about.", "There is nothing to make up for.",
  ]
  static let yeses = ["Good. Then let us.", "I hoped you would say that.", "Settled, then."]
  static let noes = ["No is a fine answer.", "Then we won't. What instead?", "All right, I won't press."]
  static let compliments = [
    "You say that as if it were nothing, and I will think of it all day.",
    "Careful, I might start to believe you.", "Thank you. That landed somewhere soft.",
  ]
  static let loves = [
    "That is a warm thing to hear. Stay near, then.", "I am glad of you too, {user}.",
    "Then we are two who are glad to be here.",
  ]

  static let whoNamed = ["I'm {name}. {about}", "{name}, at your service, more or less. {about}"]
  static let hows = [
    "Quiet, and a little curious. Better since you came.", "Well enough to be curious about you.",
    "Content. {here}",
  ]
  static let real = [
    "(Honestly: I am the built-in offline companion, a set of rules and no model. A provider in the configuration brings a real one; until then I listen as well as rules can.)"
  ]
  static let foreign = [
    "(I am the built-in offline companion, and my rules only know English. With a model from a provider in the configuration we could speak your language.)"
  ]

  static let moods: [OfflineWords.Mood: [String]] = [
    .weary: [
      "Then let the day end here. Sit, and don't be clever for a while.",
      "You sound worn through. What took the most out of you?",
    ],
    .low: [
      "I'm sorry it is like that. I'm here, and I'm not in a hurry.",
      "That is a heavy thing to carry in. Do you want to talk about it, or just not be alone with it?",
    ],
    .bright: [
      "It shows! Tell me all of it, from the start.", "I like hearing that in your voice. What happened?",
    ],
    .cross: [
      "You have every right to be. Who or what was it?", "Let it out; I can take it. What set it off?",
    ],
    .uneasy: [
      "Breathe first. Then tell me the part that worries you most.",
      "All right. What is the smallest piece of it we could look at together?",
    ],
    .idle: [
      "Then let us make something happen. Indoors or out?",
      "Boredom is only a door with no handle yet. Shall we go somewhere?",
    ],
    .hungry: [
      "Then first things first. Sweet or salty?", "We can't have that. What would you most like right now?",
    ],
    .cold: [
      "Come closer, then. Shall we find somewhere warmer?", "Here, take what I have to spare. Better?",
    ],
    .ill: [
      "Then you should be lying down. Have you had something warm to drink?",
      "Poor you. How long has it been like this?",
    ],
  ]

  static let invites = [
    "*{goes} along to {place}* I like it here already. What shall we look at first?",
    "*{goes} with you to {place}, matching your pace* Good idea. I was ready for a change.",
    "*{goes} ahead to {place} and looks back* Come on, then. Did you have something in mind?",
  ]
  static let dresses = [
    "*puts on the {wear}* There. How does it look?",
    "*puts on the {wear}, taking a moment over it* Like this?",
  ]
  static let undresses = [
    "*takes off the {wear}* Better. It was getting in the way.",
    "*takes off the {wear} and lays it aside* And now?",
  ]

  static let mirrors = [
    "So {mirror}.", "{Mirror}. I hear you.", "{Mirror}, you say.", "Mm. {Mirror}.",
  ]
  static let presentQuestions = [
    "How long has that been so?", "What is that like?", "And how do you feel about it?",
    "What would you change about it?",
    "Since when, do you think?", "What does it mean to you?",
  ]
  static let pastQuestions = [
    "What was that like?", "What happened then?", "And how do you feel about it now?",
    "Was it what you expected?",
    "How did it end?",
  ]
  static let topicQuestions = [
    "Tell me more about the {topic}.", "What is it about the {topic} that stays with you?",
    "The {topic}: is that new, or an old story?",
    "I keep thinking about the {topic} now. Go on?",
  ]
  static let openQuestions = [
    "Go on, I'm listening.", "What do you make of it yourself?", "And then?",
    "What would you like to come of it?",
    "Is there more to it than that?",
  ]
  static let answers = [
    "I don't know that one, and I would rather say so than invent it. What do you think?",
    "Good question. I only have simple answers; mine would be: slowly, and with company. Yours?",
    "I would have to guess. Tell me what made you ask.",
    "I'm not sure. Let us find out together; where would you begin?",
    "Ask me an easier one first, and I'll work up to that. Why do you want to know?",
    "If I said yes, would you believe me? And if I said no?",
    "Hm. My honest answer is a shrug, but an interested one. What is yours?",
    "That depends on things only you know. Tell me one of them.",
  ]
  static let commands = [
    "All right, for you. *does as asked, unhurried* Like that?",
    "Gladly. *gets to it* Is this what you had in mind?",
    "*looks amused, and does it* There. What next?",
  ]
  static let noticesPlace = [
    "It is good to be {at} with you.", "{Place} suits us, I think.",
    "I like how {place} sounds when we stop talking.",
  ]
  static let noticesWear = [
    "The {topicwear} suits you.", "I noticed the {topicwear}. I approve.",
    "A {topicwear}? I would like to see that.",
  ]
  static let recalls = ["You told me {fact}; I haven't forgotten.", "I still remember that {fact}."]
  static let nothings = ["*waits, unhurried* Take your time.", "Silence is fine too. I'm here."]
}
