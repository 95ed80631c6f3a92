#include "core/credentials/token_file.h"

#include <catch2/catch.hpp>

#include "base/encoding.h"

namespace portcullis::credentials {
namespace {

using namespace std::chrono_literals;

const std::string kHeader = "upn,serial number,secret key,time interval,manufacturer,model\r\n";
const std::string kSeed   = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";  // 20 bytes

/// `line 2: …`, one a line; the rows when nothing is wrong.
std::string read(const std::string& text) {
    const auto file = parse_token_file(text);
    std::string said;
    for (const auto& problem : file.problems) said += "line " + std::to_string(problem.line) + ": " + problem.what + "\n";
    if (!said.empty()) return said;
    for (const auto& row : file.rows) {
        said += std::to_string(row.line) + "|" + row.upn + "|" + row.serial_number + "|" + std::to_string(row.seed.size()) + "|" +
                std::to_string(row.interval / 1s) + "|" + row.manufacturer + "|" + row.model + "\n";
    }
    return said;
}
bool says(const std::string& text, const char* what) { return read(text).find(what) != std::string::npos; }

TEST_CASE("CRED-020 a maker's file is read as RFC 4180 has it", "[token-file]") {
    struct Row {
        const char* sentence;
        std::string text, rows;
    };
    const auto row = GENERATE(values<Row>({
        {"CRLF", kHeader + "a@contoso.example,123," + kSeed + ",30,Maker,M1\r\n", "2|a@contoso.example|123|20|30|Maker|M1\n"},
        {"LF, and no line break at the end", "upn,serial number,secret key,time interval,manufacturer,model\n,123," + kSeed + ",60,Maker,M1", "2||123|20|60|Maker|M1\n"},
        {"a byte-order mark, other case and spaces in the header", "\xEF\xBB\xBFUPN, Serial Number ,Secret Key,Time Interval,Manufacturer,Model\n,1," + kSeed + ",30,M,N\n", "2||1|20|30|M|N\n"},
        {"quoted values, with commas and doubled quotes", kHeader + "\"a@contoso.example\",\"1\",\"" + kSeed + "\",\"30\",\"Token, Inc.\",\"The \"\"one\"\"\"\r\n", "2|a@contoso.example|1|20|30|Token, Inc.|The \"one\"\n"},
        {"spaces around values, empty lines between rows", kHeader + "\r\n , 1 ," + kSeed + " ,30, M , N \r\n\r\n,2," + kSeed + ",30,M,N\r\n", "3||1|20|30|M|N\n5||2|20|30|M|N\n"},
        {"lower case and padding", kHeader + ",1,gezdgnbvgy3tqojqgezdgnbvgy3tqojqgezdgnbvgy3tqojqgeza====,30,M,N\r\n", "2||1|32|30|M|N\n"},
        {"letters beyond ASCII", kHeader + ",1," + kSeed + ",30,Hersteller \xC3\x84,M\xC3\xB6\r\n", "2||1|20|30|Hersteller \xC3\x84|M\xC3\xB6\n"},
        {"a serial number with letters", kHeader + ",ab-12/C," + kSeed + ",30,M,N\r\n", "2||ab-12/C|20|30|M|N\n"},
    }));
    CAPTURE(row.sentence);
    CHECK(read(row.text) == row.rows);
    const auto file = parse_token_file(row.text);
    REQUIRE_FALSE(file.rows.empty());
    CHECK(file.rows[0].seed.reveal().substr(0, 20) == "12345678901234567890");
}

TEST_CASE("CRED-020 every mistake is said at once, with its line, and no secret with it", "[token-file]") {
    const auto text = kHeader + ",1," + kSeed + ",30,M,N\r\n" +      // 2: right
                      ",2," + kSeed + ",45,M,N\r\n" +                // 3
                      ",3,NOT*BASE32,30,M,N\r\n" +                   // 4
                      ",4,GEZDGNBVGY3TQOJQ,30,M,N\r\n" +             // 5: 80 bits
                      ",5," + kSeed + ",30,M\r\n" +                  // 6: five values
                      ",\"6\n6\"," + kSeed + ",30,M,N\r\n" +         // 7 and 8: a line break in a serial number
                      ",1," + kSeed + ",30,M,N\r\n" +                // 9: line 2 again
                      ",,\"" + kSeed + "\",x,,\r\n" +                // 10: four things
                      ",7\"7," + kSeed + ",30,M,N\r\n" +             // 11
                      ",\"8\"8," + kSeed + ",30,M,N\r\n" +           // 12
                      ",\"9," + kSeed + ",30,M,N\r\n";               // 13: never closed
    CHECK(read(text) ==
          "line 3: `time interval` must be 30 or 60\n"
          "line 4: `secret key` must be Base32 of at most 128 characters\n"
          "line 5: `secret key` must have 128 bits at least\n"
          "line 6: has 5 values, not 6\n"
          "line 7: `serial number` must be 1 to 64 printable ASCII characters\n"
          "line 9: serial number `1` stands on line 2 already\n"
          "line 10: `serial number` must be 1 to 64 printable ASCII characters\n"
          "line 10: `time interval` must be 30 or 60\n"
          "line 10: `manufacturer` must be 1 to 64 bytes of text\n"
          "line 10: `model` must be 1 to 64 bytes of text\n"
          "line 11: a double quote stands in a value that does not begin with one\n"
          "line 12: something follows a closing double quote\n"
          "line 13: a double quote is opened and never closed\n");
    CHECK_FALSE(says(text, kSeed.substr(0, 12).c_str()));
    CHECK_FALSE(says(text, "NOT*BASE32"));
}

TEST_CASE("CRED-020 what is no such file, too long, or empty is refused whole", "[token-file]") {
    for (const auto* text : {"", "\n\n", "upn;serial number;secret key;time interval;manufacturer;model\n", "serial number,upn,secret key,time interval,manufacturer,model\n", "\"upn"}) {
        CAPTURE(text);
        CHECK(says(text, "line 1: the first line is not"));
    }
    CHECK(says(kHeader, "line 1: there is no token in the file"));
    CHECK(says(std::string(kTokenFileBytesMax + 1, 'x'), "longer than"));
    auto many = kHeader;
    for (std::size_t i = 1; i <= kTokenRowsMax; ++i) many += "," + std::to_string(i) + "," + kSeed + ",30,M,N\r\n";
    CHECK(parse_token_file(many).problems.empty());
    CHECK(parse_token_file(many).rows.size() == kTokenRowsMax);
    CHECK(says(many + ",last," + kSeed + ",30,M,N\r\n", "line 1002: there are more than 1000 tokens"));
}

TEST_CASE("CRED-020 a secret has 128 characters of Base32 at most", "[token-file]") {
    const auto of = [](std::size_t bytes, const std::string& more = "") { return kHeader + ",1," + base32(std::string(bytes, 's')) + more + ",30,M,N\r\n"; };
    CHECK(read(of(80)) == "2||1|80|30|M|N\n");  // 128 characters
    CHECK(says(of(81), "`secret key` must be Base32"));
    CHECK(says(of(80, "="), "`secret key` must be Base32"));
    CHECK(read(of(16)) == "2||1|16|30|M|N\n");
    CHECK(says(of(15), "must have 128 bits at least"));
    CHECK(says(kHeader + ",1,GEZD GNBVGY3TQOJQGEZDGNBVGY3TQOJQ,30,M,N\r\n", "`secret key` must be Base32"));
    CHECK(says(kHeader + ",1,GEZD=GNBVGY3TQOJQGEZDGNBVGY3TQOJQ,30,M,N\r\n", "`secret key` must be Base32"));
}

}  // namespace
}  // namespace portcullis::credentials
