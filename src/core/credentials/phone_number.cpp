#include "core/credentials/phone_number.h"

#include <algorithm>
#include <array>

namespace portcullis::credentials {
namespace {

constexpr std::size_t kDigitsMax   = 15;  // E.164 §6
constexpr std::size_t kDigitsMin   = 7;   // the shortest numbers in use, with their country
constexpr std::size_t kNationalMin = 4;

/// Assigned codes of countries and areas (ITU-T E.164 assigned country codes, list of 2016 and its amendments). Codes of
/// satellites, shared cost and global services are left out on purpose: they are what toll fraud dials.
constexpr auto kCodes = std::to_array<std::string_view>({
    "1",   "20",  "211", "212", "213", "216", "218", "220", "221", "222", "223", "224", "225", "226", "227", "228", "229", "230", "231", "232",
    "233", "234", "235", "236", "237", "238", "239", "240", "241", "242", "243", "244", "245", "246", "247", "248", "249", "250", "251", "252",
    "253", "254", "255", "256", "257", "258", "260", "261", "262", "263", "264", "265", "266", "267", "268", "269", "27",  "290", "291", "297",
    "298", "299", "30",  "31",  "32",  "33",  "34",  "350", "351", "352", "353", "354", "355", "356", "357", "358", "359", "36",  "370", "371",
    "372", "373", "374", "375", "376", "377", "378", "379", "380", "381", "382", "383", "385", "386", "387", "389", "39",  "40",  "41",  "420",
    "421", "423", "43",  "44",  "45",  "46",  "47",  "48",  "49",  "500", "501", "502", "503", "504", "505", "506", "507", "508", "509", "51",
    "52",  "53",  "54",  "55",  "56",  "57",  "58",  "590", "591", "592", "593", "594", "595", "596", "597", "598", "599", "60",  "61",  "62",
    "63",  "64",  "65",  "66",  "670", "672", "673", "674", "675", "676", "677", "678", "679", "680", "681", "682", "683", "685", "686", "687",
    "688", "689", "690", "691", "692", "7",   "81",  "82",  "84",  "850", "852", "853", "855", "856", "86",  "880", "886", "90",  "91",  "92",
    "93",  "94",  "95",  "960", "961", "962", "963", "964", "965", "966", "967", "968", "970", "971", "972", "973", "974", "975", "976", "977",
    "98",  "992", "993", "994", "995", "996", "998",
});

/// Countries that share `1` with the United States and Canada; they pay differently, so each is a country of its own here.
constexpr auto kSharingOne = std::to_array<std::string_view>({
    "1242", "1246", "1264", "1268", "1284", "1340", "1345", "1441", "1473", "1649", "1658", "1664", "1670", "1671", "1684", "1721",
    "1758", "1767", "1784", "1787", "1809", "1829", "1849", "1868", "1869", "1876", "1939",
});

/// Where national numbering plans put Internet telephony and personal numbers, with the country. A place that a plan shares with
/// ordinary lines is left out.
constexpr auto kVirtual = std::to_array<std::string_view>({
    "2787",  "3070",   "3184",   "3185",   "3187",  "3191",  "339",   "3470",  "35130", "35376", "353700", "3621",  "38089", "3955",  "41878",
    "42070", "420910", "420970", "43720",  "43780", "4456",  "4470",  "4675",  "4785",  "4839",  "4932",   "49700", "6660",  "8150",  "8160",
    "8250",  "8270",   "88670",  "88096",  "90850", "97272", "97273", "97274", "97276", "97277", "97279",  "25541",
});

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// The digits behind the `+`; nothing when there is anything but digits and what people write between them.
std::optional<std::string> digits_of(std::string_view text) {
    constexpr std::string_view kBetween = " -./()";
    std::string digits;
    for (const char c : text) {
        if (is_digit(c)) digits += c;
        else if (kBetween.find(c) == std::string_view::npos) return std::nullopt;
    }
    return digits;
}

/// But for those that share `1`, codes are prefix-free: at most one fits.
std::optional<std::string_view> code_of(std::string_view digits) {
    const auto shares = std::ranges::find_if(kSharingOne, [&](std::string_view code) { return digits.starts_with(code); });
    if (shares != kSharingOne.end()) return *shares;
    const auto found = std::ranges::find_if(kCodes, [&](std::string_view code) { return digits.starts_with(code); });
    return found == kCodes.end() ? std::nullopt : std::optional(*found);
}

std::string without_trunk_zero(std::string_view text) {
    std::string out(text);
    if (const auto at = out.find("(0)"); at != std::string::npos) out.erase(at, 3);
    return out;
}

}  // namespace

std::string PhoneNumber::masked() const {
    const auto shown = std::min<std::size_t>(2, national_.size());
    return "+" + calling_code_ + " " + std::string(national_.size() - shown, 'X') + national_.substr(national_.size() - shown);
}

std::optional<PhoneNumber> parse_phone_number(std::string_view text) {
    while (text.starts_with(' ')) text.remove_prefix(1);
    while (text.ends_with(' ')) text.remove_suffix(1);
    if (!text.starts_with('+') || text.size() > 40) return std::nullopt;
    const auto digits = digits_of(without_trunk_zero(text.substr(1)));
    if (!digits || digits->size() < kDigitsMin || digits->size() > kDigitsMax) return std::nullopt;
    const auto code = code_of(*digits);
    if (!code || digits->size() - code->size() < kNationalMin) return std::nullopt;
    PhoneNumber number;
    number.calling_code_ = std::string(*code);
    number.national_     = digits->substr(code->size());
    return number;
}

bool is_virtual(const PhoneNumber& number) {
    const auto digits = number.e164().substr(1);
    return std::ranges::any_of(kVirtual, [&](std::string_view place) { return digits.starts_with(place); });
}

bool is_calling_code(std::string_view digits) { return code_of(digits) == digits; }

}  // namespace portcullis::credentials
