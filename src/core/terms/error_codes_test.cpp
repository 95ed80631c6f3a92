#include "core/terms/error_codes.h"

#include <catch2/catch.hpp>

namespace portcullis {
namespace {

TEST_CASE("the register answers with the OAuth errors and suberrors of protocols.md 11.2") {
    struct Row {
        std::uint32_t number;
        std::string_view at_authorize, at_token, suberror;
    };
    const auto row = GENERATE(values<Row>({
        {50126, "access_denied", "invalid_grant", ""},
        {50053, "access_denied", "invalid_grant", ""},
        {50055, "interaction_required", "invalid_grant", "user_password_expired"},
        {50144, "interaction_required", "invalid_grant", "user_password_expired"},
        {50057, "access_denied", "invalid_grant", ""},
        {50058, "login_required", "invalid_grant", ""},
        {50072, "interaction_required", "invalid_grant", "basic_action"},
        {50079, "interaction_required", "invalid_grant", "basic_action"},
        {50074, "interaction_required", "invalid_grant", "basic_action"},
        {50076, "interaction_required", "invalid_grant", "basic_action"},
        {50097, "interaction_required", "invalid_grant", "message_only"},
        {53000, "interaction_required", "invalid_grant", "message_only"},
        {53001, "interaction_required", "invalid_grant", "message_only"},
        {50105, "access_denied", "access_denied", ""},
        {50131, "access_denied", "invalid_grant", "message_only"},
        {53003, "access_denied", "invalid_grant", "message_only"},
        {50142, "interaction_required", "interaction_required", "additional_action"},
        {50173, "login_required", "invalid_grant", "bad_token"},
        {53004, "access_denied", "invalid_grant", "message_only"},
        {53011, "access_denied", "invalid_grant", "message_only"},
        {54005, "access_denied", "invalid_grant", ""},
        {65001, "consent_required", "invalid_grant", "consent_required"},
        {65004, "access_denied", "access_denied", ""},
        {70000, "invalid_request", "invalid_grant", "bad_token"},
        {70008, "login_required", "invalid_grant", "bad_token"},
        {700082, "login_required", "invalid_grant", "bad_token"},
        {700084, "login_required", "invalid_grant", "bad_token"},
        {70011, "invalid_scope", "invalid_scope", ""},
        {70016, "interaction_required", "authorization_pending", ""},
        {70043, "login_required", "invalid_grant", "bad_token"},
        {50011, "", "invalid_grant", ""},
        {700016, "", "unauthorized_client", ""},
        {50027, "", "invalid_client", ""},
        {700021, "", "invalid_client", ""},
        {700023, "", "invalid_client", ""},
        {700024, "", "invalid_client", ""},
        {700027, "", "invalid_client", ""},
        {7000215, "", "invalid_client", ""},
        {7000222, "", "invalid_client", ""},
        {7000218, "", "invalid_client", ""},
        {501481, "invalid_request", "invalid_grant", ""},
        {9002325, "invalid_request", "invalid_request", ""},
        {90002, "", "invalid_request", ""},
        {50196, "temporarily_unavailable", "temporarily_unavailable", ""},
    }));
    CAPTURE(row.number);
    const auto entry = find_sts_error(row.number);
    REQUIRE(entry);
    CHECK(to_string(entry->at_authorize) == row.at_authorize);
    CHECK(to_string(entry->at_token) == row.at_token);
    CHECK(to_string(entry->suberror) == row.suberror);
}

TEST_CASE("unknown user and wrong password say the same outward (protocols.md 11.2)") {
    const auto& unknown = entry_of(StsError::UserAccountNotFound);
    const auto& wrong   = entry_of(StsError::InvalidUserNameOrPassword);
    CHECK(unknown.description == wrong.description);
    CHECK(unknown.at_token == wrong.at_token);
    CHECK(unknown.at_authorize == wrong.at_authorize);
}

TEST_CASE("non-failures of the sign-in log stay non-failures (conditional-access.md 17)") {
    for (const std::uint32_t number : {50125U, 50140U, 70043U, 70044U}) {
        CAPTURE(number);
        CHECK(find_sts_error(number)->kind != StsClass::failure);
    }
    CHECK(to_string(StsClass::interrupt) == "I");
}

TEST_CASE("numbers nobody registered are not found") {
    CHECK_FALSE(find_sts_error(1));
    CHECK_FALSE(find_sts_error(4'000'000'000U));
    CHECK(to_string(StsError::BlockedByConditionalAccess) == "BlockedByConditionalAccess");
}

TEST_CASE("the words of OAuth survive their text") {
    for (const auto acr : kAcrs) CHECK(parse_acr(to_string(acr)) == acr);
    for (const auto* text : {"query", "form_post"}) CHECK(to_string(*parse_response_mode(text)) == text);
    for (const auto* text : {"none", "login", "consent", "select_account", "create"})
        CHECK(to_string(*parse_prompt(text)) == text);
    CHECK_FALSE(parse_response_mode("fragment"));
    CHECK_FALSE(parse_prompt("Login"));
    CHECK_FALSE(parse_acr("MFA"));
    CHECK(parse_auth_method("softwareOath") == AuthMethod::softwareOath);
}

}  // namespace
}  // namespace portcullis
