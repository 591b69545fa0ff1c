/// English words that are one slip of the keys from the noun of a garment, and mean what they say: a chair is no choker, a boat no boot.
enum LookAlikes {
  static let words = Set(
    """
    agitators ankle ankles arbor ardor armory backpacked backspace backtrack bade badger balloon banana bandanas
    bandier barge baring baron barons bathes bathroom batters beaches beady beaks beams beans beards bears beater
    beats bedrock bedrocks beds beeches beet belches benches bender bends bereft beseeches beset biking blackjack
    blamer blaze blazed blazes bleaches blinder blindfolded bloggers bloomed blooms blotches blots blotters bloused
    boated boats boiler bolts bombed books booms boons boors boos boost boosts bootees booth booths bootie booty
    botches bothers bouts bowlder bowled boxes brace braced bracket brackets brakes branches brassier brassiest braver
    braves breached breaches breads breathes breezes britches broach broached broaches bronchos brunches brunette
    budge bungle bungles bushier busier bustled buttonholed caned canoe caped caper caps card cardiac cardinal cards
    cargoes chair champs chaos chapt chars chats cheats cheeses chemist chili chin chinks chins chips choke choked
    chokes chops chords circle circled circles claps cleans clears clefts clock clods clothe clothes clots clotted
    clown coast cods cogs colds condense confers conserve convene convenes converge converged converges conversed
    conversely convert converted converter converts conveys convulse cooker cores corks cornet corns coroner corps
    costumed coverage covers covertly crane creepier creeps crepes crinkling croak croci crock crocks crocus croon
    crops cross crossbow crossbows crow crowd crows crutch cuffing curds damps denies docks double doubled doubles
    drag dregs dressy dross duress earning earnings epaulets erring eyelashes fares fascinate fascinated fascinates
    fascination fatigued fats feats fishes fishiest flags flakes flames flanneled flaps flared flatness flaws fleeced
    fleecy flits floats flock forswear forties funnels gashes gasses gaunter gauntest gesturing giggles gilt girdled
    glassed globe globes glosses gloved grasses grater graters graves greases grove groves grown gusting hairline
    hairlines haler halted handy harping headaches headland headlands headrest headrests headstones headway heals
    heartaches heeds hoes holdup holdups hood hoods hoofs hooks hoots hops horse hosed hoses house houseboat
    houseboats jacked jackpots jellied jerking jigging jogging jollies jolts jots jugging jumped jumpier karate kinks
    knacker kneads kneecaps knocker knockers lagging lather lathers lathes leaders leashes leathery leggin leggins
    leopard letters linger lingered lingering lingers lively liver livers loathes locked locker lodgings logging
    longings lugging lung lunge lungs macintosh males mangle mantel mantled matts meal meals metal metals miles
    mindless mints mists mites modal moles molesting muffle muffled muffles mulls muses mutes mutts neckline neglig
    negligees negligence negligent negligs overcast overcome overeat overhauls overheat overlaps overlays overload
    overshoot overshot pacts paints panes pangs pans pansies pantries panty pare pared pares park parks parse parties
    parts pastes pastier pastiest pastimes pastries pasts pats patterns patters patties peals pears pedant peering
    pennant penny perching perking piecing pints plants platformed plumps poach polio pool porch puff puffed puffier
    puffs puffy pulps pulse pumas punts pups pure puree purge pursed pursue pushover putters putties quaver racetrack
    respiration respiratory ridicule rigs rinds rinks robed robs roes roles romped ropes roses rotary ruing rungs
    sacking sacks sades says scandals scar scare scares scars scary scrape seats shacks shaded shaft shakes shall
    shames shapes shares shaves sheathe shes shies shifty shire shirk shirts shock shocking shocks shoed shoos shoots
    shopped shoppers shops shores short shortages shortfall shots shouts shoves shows shrub shrubs shucking sicking
    sicks sides sift single singled singles skated skater skaters skipper skippers skit slacking slash slates slats
    slays sleepers slices slicking slicks slipped slippery slithers slivers smack smacking smacks smash smells
    smocking smocks smoking snacking snacks snakes sneaked sneakier sneaks sneers snickers snipers snippets snoop
    snort snorts soaking soaks societies sockets socking sole somber sombre sort sorts spaceship spades spans spars
    spas spate spays speaker speakers speck specking specks speeds spews spices spiders spies spiked spines spires
    spites spits spokes spooking sport sports spots spree spuds stabs stacking stacks stags staking stale stalking
    stalls stars starves states sticking stinking stock stockading stockier stocks stoke stoking stolen stomping stone
    stoning stood stooping stopper stoppers stopping store storing storming stove stowing strays striking strikings
    stroking strong stubs study stuns style sucking sucks suds suite sundaes sundries suppers suppress surrenders
    suspended suspends swats sways swears sweaters sweaty sweeter sweets swift tackier tackiest tackles tanking thank
    thing those throng togae toils tong tonic torch torque toted totem traces tracked tracking tracks traders trailer
    trailers trails trained trainee trainees trains traitors trappers trawlers trees treks trickier trickiest trickles
    troopers troupes trucks underpass undershirts underwent undoes unnerves unties vets vigor vizor wades wafers
    wagers wanders warp waterproofed waters wavers wedged whiles whines whiten whitens whiter whitest wigs winds wines
    winks wins witch wrapt wrings writes
    """
    .split(whereSeparator: \.isWhitespace).map(String.init))
}
