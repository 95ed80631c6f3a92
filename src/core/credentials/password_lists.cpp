// The product's own lists (credentials.md §11.1): written from general knowledge of what attackers spray, not taken
// from a breach dump. Lower case, ASCII.

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "core/credentials/password_protection.h"

namespace portcullis::credentials {
namespace {

// clang-format off
constexpr auto kGlobalTerms = std::to_array<std::string_view>({
    // the word itself, in the languages it is sprayed in
    "password", "passwort", "kennwort", "passord", "wachtwoord", "contrasena", "senha", "motdepasse", "haslo",
    "parola", "passcode", "passphrase", "passw", "secret", "geheim", "login", "logon", "signin", "access", "zugang",
    "letmein", "welcome", "willkommen", "bienvenue", "bienvenido", "welkom", "benvenuto", "default", "changeme",
    "change", "changeit", "temporary", "temp", "initial", "newpass", "mypass", "userpass", "testpass", "trustno1",
    "whatever", "iloveyou",
    // accounts and machines
    "admin", "administrator", "root", "user", "guest", "test", "testing", "demo", "system", "server", "backup",
    "service", "support", "helpdesk", "manager", "office", "company", "computer", "internet", "windows", "microsoft",
    "google", "oracle", "cisco", "linux", "samsung", "apple", "android", "database", "network", "security",
    "firewall", "remote", "portcullis",
    // months
    "january", "february", "march", "april", "june", "july", "august", "september", "october", "november", "december",
    "januar", "februar", "maerz", "juni", "juli", "oktober", "dezember", "janvier", "fevrier", "avril", "juin",
    "juillet", "aout", "septembre", "octobre", "novembre", "decembre", "enero", "febrero", "marzo", "abril", "mayo",
    "junio", "julio", "agosto", "septiembre", "octubre", "noviembre", "diciembre",
    // weekdays
    "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", "montag", "dienstag", "mittwoch",
    "donnerstag", "freitag", "samstag", "sonntag", "lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi",
    "dimanche", "lunes", "martes", "miercoles", "jueves", "viernes", "sabado", "domingo",
    // seasons and feasts
    "spring", "summer", "autumn", "fall", "winter", "fruehling", "sommer", "herbst", "printemps", "automne", "hiver",
    "primavera", "verano", "otono", "invierno", "holiday", "christmas", "easter", "halloween", "weihnachten",
    "ostern", "birthday", "vacation", "ramadan", "newyear",
    // walks over the keyboard and the number row
    "qwerty", "qwertz", "azerty", "qwertyuiop", "qwertzuiop", "azertyuiop", "asdf", "asdfgh", "asdfghjkl", "zxcv",
    "zxcvbn", "zxcvbnm", "yxcvbnm", "qazwsx", "qazwsxedc", "wsxedc", "1qaz2wsx", "qaz2wsx", "3edc4rfv", "1q2w3e",
    "1q2w3e4r", "q1w2e3", "q1w2e3r4", "zaq1", "zaq12wsx", "qweasd", "qweasdzxc", "poiuy", "lkjhg", "mnbvc", "1234",
    "12345", "123456", "1234567", "12345678", "123456789", "1234567890", "4321", "54321", "654321", "987654321",
    "0987654321", "0000", "1111", "1122", "11111", "111111", "112233", "121212", "123123", "123321", "1212", "2222",
    "3333", "4444", "5555", "6666", "7777", "8888", "9999", "00000", "000000", "222222", "333333", "555555", "666666",
    "777777", "888888", "999999", "147258", "147258369", "159357", "159753", "246810", "135790", "1029", "102030",
    "aaaa", "aaaaaa", "xxxx", "xxxxxx", "zzzz", "abcd", "abcde", "abcdef", "abcdefg", "abc123", "a1b2c3", "abcabc",
    // sports
    "football", "baseball", "basketball", "hockey", "soccer", "softball", "tennis", "golfer", "rugby", "cricket",
    "fussball", "futbol", "arsenal", "chelsea", "liverpool", "everton", "manchester", "united", "celtic", "rangers",
    "barcelona", "realmadrid", "juventus", "bayern", "dortmund", "schalke", "cowboys", "steelers", "packers",
    "patriots", "yankees", "redsox", "lakers", "eagles", "ferrari", "mercedes", "formula", "olympic", "worldcup",
    // words from the top of every spray list
    "love", "lovely", "loveme", "lover", "honey", "baby", "babygirl", "princess", "prince", "queen", "angel", "sweet",
    "sunshine", "rainbow", "flower", "butterfly", "cookie", "chocolate", "coffee", "banana", "orange", "cherry",
    "peanut", "cheese", "pepper", "ginger", "monkey", "dragon", "tiger", "lion", "eagle", "falcon", "panther",
    "dolphin", "shadow", "master", "killer", "hunter", "ranger", "soldier", "warrior", "legend", "hero", "superman",
    "batman", "spiderman", "ironman", "starwars", "pokemon", "naruto", "minecraft", "fortnite", "mustang", "corvette",
    "porsche", "harley", "matrix", "gandalf", "merlin", "phoenix", "thunder", "lightning", "diamond", "silver",
    "golden", "purple", "yellow", "black", "white", "money", "dollar", "bitcoin", "freedom", "forever", "hello",
    "hallo", "hola", "bonjour", "goodbye", "please", "fuck", "fuckyou", "asshole", "bitch", "pussy", "michael",
    "jordan", "jennifer", "jessica", "ashley", "nicole", "daniel", "andrew", "joshua", "matthew", "thomas", "charlie",
    "robert", "george", "michelle", "maggie", "buster", "bailey", "cheryl", "william", "anthony", "summertime",
    "london", "paris", "berlin", "newyork", "america", "england", "germany", "france", "espana", "italia", "mexico",
    "canada", "texas", "california", "ninja", "samurai", "zombie", "trustme", "family", "friend", "friends", "school",
    "student", "teacher", "doctor", "lucky", "happy", "smile", "magic", "music", "guitar", "dance", "star", "stars",
    "moon", "ocean", "mountain", "river", "garden", "house", "covid", "corona",
});

/// What a spray begins with. Any of these, once or doubled, with a usual ending, has been seen too often.
constexpr auto kSprayWords = std::to_array<std::string_view>({
    "password", "passwort", "passw", "pass", "kennwort", "welcome", "willkommen", "letmein", "changeme", "change",
    "secret", "admin", "administrator", "login", "access", "default", "temp", "test", "user", "guest", "root", "demo",
    "company", "hello", "hallo", "hola", "iloveyou", "love", "monkey", "dragon", "master", "shadow", "sunshine",
    "princess", "football", "baseball", "basketball", "superman", "batman", "pokemon", "starwars", "michael",
    "jordan", "liverpool", "chelsea", "arsenal", "qwerty", "qwertz", "azerty", "qwertyuiop", "asdf", "asdfgh",
    "asdfghjkl", "zxcvbn", "zxcvbnm", "qazwsx", "qaz", "abc", "abcd", "abcde", "abcdef", "abcdefg", "spring",
    "summer", "autumn", "fall", "winter", "january", "february", "march", "april", "june", "july", "august",
    "september", "october", "november", "december", "monday", "tuesday", "wednesday", "thursday", "friday",
    "saturday", "sunday", "freedom", "whatever", "trustno1", "cheese", "computer", "internet", "killer", "hunter",
    "ranger", "mustang", "corvette", "maggie", "pepper", "ginger", "cookie", "banana", "chocolate", "butterfly",
    "flower", "purple", "silver", "golden", "diamond", "phoenix", "tigger", "tiger", "angel", "charlie", "thomas",
    "daniel", "jessica", "ashley", "nicole", "money", "covid", "microsoft", "windows", "portcullis", "sommer",
    "herbst", "fruehling", "passord", "senha", "bonjour", "soleil", "motdepasse", "contrasena", "verano", "invierno",
    "a", "q", "x", "p",
});

/// Common passwords of eight and more characters that the rule of words and endings does not make.
constexpr auto kCommonPasswords = std::to_array<std::string_view>({
    "00000000", "000000000", "0000000000", "01234567", "012345678", "0123456789", "0987654321", "09876543",
    "10203040", "1029384756", "11111111", "111111111", "1111111111", "111222333", "11112222", "11223344",
    "1122334455", "112233445566", "12121212", "1212121212", "123123123", "123123123123", "1231231234", "123321123",
    "12344321", "12341234", "123412345", "1234512345", "12345123", "123454321", "1234554321", "1234567a", "12345678",
    "123456780", "123456789", "1234567890", "12345678900", "12345678901", "123456789012", "1234567891", "12345678910",
    "123456789a", "123456789q", "12345678a", "12345678q", "12345679", "123456987", "1234567q", "123456aa", "123456ab",
    "123456abc", "123456as", "123456qw", "123456qwe", "123456qwerty", "12345qwe", "12345qwer", "12345qwert",
    "12345trewq", "1234abcd", "1234asdf", "1234qwer", "1234qwerasdf", "1234zxcv", "12365478", "123654789",
    "123698745", "12369874", "123abc123", "123abc456", "123qwe123", "123qweasd", "123qweasdzxc", "123qwerty",
    "123456123456", "12qwaszx", "12qw34er", "13131313", "13579246", "1357924680", "13791379", "142536475869",
    "14141414", "14725836", "147258369", "1472583690", "147852369", "147896325", "15151515", "159357159", "159753159",
    "159357456", "159159159", "159263487", "1a2b3c4d", "1a2b3c4d5e", "1g2w3e4r", "1q1q1q1q", "1q2w3e4r", "1q2w3e4r5t",
    "1q2w3e4r5t6y", "1q2w3e4r5t6y7u8i", "1q2w3e4r5t6y7u8i9o0p", "1qaz1qaz", "1qaz2wsx", "1qaz2wsx3edc",
    "1qaz2wsx3edc4rfv", "1qazxsw2", "1qazxsw23edc", "1qaz!qaz", "1qaz@wsx", "!qaz1qaz", "!qaz2wsx", "!qaz@wsx",
    "1qw23er4", "1z2x3c4v", "20202020", "21212121", "22222222", "222222222", "22334455", "23232323", "23456789",
    "234567890", "24681012", "2468101214", "25252525", "258258258", "25802580", "258456258", "31313131", "31415926",
    "314159265", "3141592654", "321321321", "32103210", "33333333", "333333333", "36925814", "369258147", "3edc4rfv",
    "43214321", "44444444", "444444444", "45454545", "456123789", "456456456", "456789123", "4rfv5tgb", "54321abc",
    "55555555", "555555555", "5555555555", "567891234", "5t6y7u8i", "65432100", "654321654321", "66666666",
    "666666666", "69696969", "74108520", "741852963", "7418529630", "753951456", "75315900", "753951852", "77777777",
    "777777777", "7777777777", "78945612", "789456123", "7894561230", "789789789", "80808080", "85208520",
    "852456951", "87654321", "876543210", "88888888", "888888888", "8888888888", "951753852", "963852741", "96385274",
    "987654321", "9876543210", "98765432", "987456321", "99999999", "999999999", "9999999999", "a1234567",
    "a12345678", "a123456789", "a1b2c3d4", "a1b2c3d4e5", "a1s2d3f4", "a1s2d3f4g5", "aa123456", "aa12345678",
    "aa123456789", "aaaaaaaa", "aaaaaaaaa", "aaaaaaaaaa", "aabbccdd", "abc12345", "abc123456", "abc123abc",
    "abcd1234", "abcd12345", "abcd123456", "abcdefgh", "abcdefgh1", "abcdefghi", "abcdefghij", "abcdefghijk",
    "abcdefghijkl", "abcdefghijklmnop", "abcdabcd", "abcabcabc", "abc123!!", "access14", "alexande", "alexander",
    "alexandra", "alexandre", "alejandra", "alejandro", "amanda123", "anthony1", "arsenal1", "asd123asd", "asd123456",
    "asdasdasd", "asdasd123", "asdf1234", "asdf12345", "asdfasdf", "asdfasdfasdf", "asdfghjk", "asdfghjkl",
    "asdfghjkl1", "asdfghjkl123", "asdfghjklz", "asdfjkl;", "asdf;lkj", "asdqwe123", "asdzxc123", "aw96b6aa",
    "azertyuiop", "azerty123", "babygirl", "babygirl1", "barcelona", "bearbear", "beautiful", "beautiful1",
    "benjamin", "bigdaddy", "blahblah", "blink182", "bluebird", "brittany", "bullshit", "butthead", "caroline",
    "carolina", "cassie01", "catherin", "catherine", "changeit", "charlotte", "cherokee", "christin", "christina",
    "christian", "christopher", "cjkysirj", "cocacola", "colorado", "corvette", "courtney", "creative", "cristina",
    "danielle", "dddddddd", "delpiero", "deutschland", "diamonds", "dolphins", "drowssap", "dragonball", "dragonfly",
    "drpepper", "einstein", "elephant", "elizabet", "elizabeth", "ellizabeth", "estrella", "everton1", "explorer",
    "facebook", "felicidad", "fernando", "ferrari1", "football", "forever1", "francesco", "frankie1", "freddie1",
    "friendship", "fuckoff1", "fuckyou1", "fuckyou2", "fuckyou!", "fyfcnfcbz", "gangster", "garfield", "gateway1",
    "getmoney", "gfhjkm123", "ghblehjr", "goldfish", "goodluck", "google123", "goodgirl", "greenday", "guitar123",
    "gwerty123", "hahahaha", "hamilton", "happyday", "hardcore", "harrypotter", "hellokitty", "hello123",
    "hellohello", "hhhhhhhh", "homer123", "hotmail1", "iamgod123", "iceberg1", "idontknow", "ihateyou", "iloveu12",
    "ilovegod", "iloveme1", "iloveme2", "iloveyou", "iloveyou1", "iloveyou2", "iloveyou!", "imissyou", "immortal",
    "infinity", "inuyasha", "jasmine1", "jeffrey1", "jennifer", "jennifer1", "jessica1", "jonathan", "jordan23",
    "juventus", "kathleen", "katherine", "kimberly", "kingkong", "kristina", "ladybug1", "lasvegas", "leonardo",
    "lets1234", "letmein1", "letmein!", "lineage2", "liverpool", "liverpool1", "lkjhgfdsa", "lollipop", "lovelove",
    "loveyou1", "lovely12", "loverboy", "madison1", "mamapapa", "manchester", "manunited", "margaret", "marlboro",
    "martinez", "marseille", "masterchief", "maverick", "maxwell1", "mercedes", "metallic", "metallica", "michael1",
    "michelle", "michelle1", "midnight", "mistress", "mnbvcxz1", "mnbvcxza", "monica12", "monster1", "montecarlo",
    "montreal", "mountain", "mustang1", "myspace1", "n0=acc3ss", "nascar24", "natalia1", "nathan12", "newcastle",
    "newpassword", "newyork1", "nicholas", "nirvana1", "nopassword", "nothing1", "oblivion", "ohmygod1", "p4ssw0rd",
    "p455w0rd", "pa55w0rd", "pa55word", "pakistan", "panasonic", "paradise", "parola12", "passion1", "password",
    "passpass", "pass@word", "pass@word1", "pass@123", "pass1234", "passpassword", "patricia", "patrick1", "penelope",
    "peterpan", "pictures", "platinum", "playboy1", "pleasework", "pokemon1", "poohbear", "popcorn1", "precious",
    "princess", "princess1", "prettygirl", "q1w2e3r4", "q1w2e3r4t5", "q1w2e3r4t5y6", "qazqazqaz", "qazwsx123",
    "qazwsxedc", "qazwsxedc1", "qazwsxedc123", "qazwsxedcrfv", "qazxswedc", "qazxsw123", "qq123456", "qq123456789",
    "qqqqqqqq", "qqww1122", "qwaszx12", "qwe123456", "qwe123qwe", "qweasd123", "qweasdzxc", "qweasdzxc1",
    "qweasdzxc123", "qweqweqwe", "qwer1234", "qwer12345", "qwer123456", "qwerasdf", "qwerasdfzxcv", "qwerqwer",
    "qwert123", "qwert1234", "qwert12345", "qwertasdf", "qwerty12", "qwerty123", "qwertyui", "qwertyuio",
    "qwertyuiop", "qwertyuiop[]", "qwertyqwerty", "qwertyasdf", "qwertzui", "qwertzuiop", "qwqwqwqw", "rainbow1",
    "raiders1", "rammstein", "realmadrid", "rebecca1", "remember", "richard1", "robinson", "rockstar", "rockyou1",
    "rolltide", "ronaldo7", "rosebud1", "rush2112", "russia12", "s3cr3tpw", "samantha", "samantha1", "samsung1",
    "samsung123", "sandiego", "sandra12", "santiago", "scarface", "scooby12", "scorpion", "scotland", "sebastian",
    "sergey12", "sexybaby", "sexygirl", "sexybitch", "shithead", "simpsons", "skittles", "skywalker", "slipknot",
    "snickers", "snowball", "snowboard", "softball", "something", "spiderman", "spiderman1", "spongebob",
    "spongebob1", "stalker1", "starwars", "starwars1", "stefania", "steelers", "steelers1", "stephanie", "strawberry",
    "success1", "sunflower", "sunshine", "sunshine1", "supergirl", "supernova", "superstar", "superstar1",
    "sweetheart", "sweetie1", "sweetness", "swordfish", "t1gger12", "takahiro", "taytay12", "teddybear", "telefon1",
    "tequiero", "thebeast", "theresa1", "thuglife", "tinkerbell", "tottenham", "training", "trustno1", "trustno1!",
    "twilight", "undertaker", "universe", "valentin", "valentina", "valentine", "vanessa1", "veronica", "veronika",
    "victoria", "victoria1", "vincent1", "vkontakte", "volleyball", "volcom12", "warcraft", "warhammer", "webmaster",
    "welcome1", "westside", "whatever", "whatever1", "william1", "wolfpack", "woaini520", "woaini1314", "wordpass",
    "xbox360!", "xxxxxxxx", "yamaha12", "yankees1", "yellow12", "zaq12wsx", "zaq1zaq1", "zaq1xsw2", "zaq!2wsx",
    "zaq1@wsx", "zaqwsx123", "zaqxswcde", "zinedine", "zxc123456", "zxcasdqwe", "zxcv1234", "zxcvbnm1", "zxcvbnm123",
    "zxcvbnm,", "zxcvbnm,./", "zxczxczxc", "zzzzzzzz", "correcthorsebatterystaple",
});
// clang-format on

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_tail_symbol(char c) { return std::string_view("!@#$%&*?.,-_+= ").find(c) != std::string_view::npos; }

/// At most one sign, at most four digits or a run counted upwards, at most three signs: `2024!`, `@123`, `_12345`,
/// `1!!`.
bool is_usual_ending(std::string_view rest) {
    if (!rest.empty() && is_tail_symbol(rest.front())) rest.remove_prefix(1);
    const auto digits   = static_cast<std::size_t>(std::ranges::find_if_not(rest, is_digit) - rest.begin());
    const bool is_a_run = std::string_view("1234567890").starts_with(rest.substr(0, digits));
    if (digits > 4 && !is_a_run) return false;
    rest.remove_prefix(digits);
    return rest.size() <= 3 && std::ranges::all_of(rest, is_tail_symbol);
}

char32_t normalised(char c) { return normalise(static_cast<char32_t>(static_cast<unsigned char>(c))); }

/// How many characters of `text` the word takes at its beginning, with the usual substitutions undone; 0: it does not.
std::size_t begins_with(std::string_view text, std::string_view word) {
    if (text.size() < word.size()) return 0;
    return std::ranges::equal(text.substr(0, word.size()), word, {}, normalised, normalised) ? word.size() : 0;
}

enum class Words { one, two };

bool is_sprayed(std::string_view text, Words words) {
    return std::ranges::any_of(kSprayWords, [&](std::string_view word) {
        const auto taken = begins_with(text, word);
        if (taken == 0) return false;
        const auto rest = text.substr(taken);
        return is_usual_ending(rest) || (words == Words::two && is_sprayed(rest, Words::one));
    });
}

}  // namespace

std::span<const std::string_view> global_banned_terms() { return kGlobalTerms; }

BannedTerms compile_global_terms() {
    const std::vector<std::string> terms(kGlobalTerms.begin(), kGlobalTerms.end());
    return BannedTerms(TermSource::global, terms);
}

bool is_seen_too_often(std::string_view chosen) {
    const bool is_ascii = std::ranges::all_of(chosen, [](char c) { return c >= 0x20 && c <= 0x7E; });
    if (!is_ascii || chosen.size() > 64) return false;
    std::string text(chosen);
    std::ranges::transform(text, text.begin(), lower);
    return std::ranges::find(kCommonPasswords, text) != kCommonPasswords.end() || is_sprayed(text, Words::two);
}

}  // namespace portcullis::credentials
