#include <fmt/format.h>

#include "main/commands.h"
#include "main/passkey_metadata.h"

namespace portcullis::program {
namespace {

constexpr int kPasskeysMax = 1000;

std::string day_of(Instant when) { return to_rfc3339(when).substr(0, 10); }

Result<void> import_files(CommandContext& context, const MetadataFiles& files) {
    auto* installation = TRY(context.installation());
    const auto got     = TRY(import_metadata_files(*installation, files));
    auto text = fmt::format("{} {}: {} models of passkeys, {} other entries left out; the next one is due on {}.\n", got.is_new ? "Imported number" : "Held already, number",
                            got.number, got.models, got.left_out, day_of(got.next_update));
    if (got.is_stale) text += "That day is over: this document is old, and what became known since is not in it. Get the newest one.\n";
    const bool is_known = files.unknown == fido2::UnknownRevocation::refuse;
    if (!is_known) text += "It was not made sure that its certificates are not revoked.\n";
    context.print(json::object{{"number", got.number},
                               {"isRevocationChecked", is_known},
                               {"isNew", got.is_new},
                               {"models", got.models},
                               {"leftOut", got.left_out},
                               {"nextUpdate", day_of(got.next_update)},
                               {"isStale", got.is_stale}},
                  text);
    return {};
}

Result<void> show_metadata(CommandContext& context) {
    auto* installation = TRY(context.installation());
    const auto held    = TRY(installation->passkey_metadata().held());
    if (!held) {
        context.print(json::object{{"metadata", nullptr}}, "No FIDO metadata was imported: it vouches for no passkey.\n");
        return {};
    }
    const bool is_stale = credentials::is_stale(held->next_update, installation->now());
    context.print(json::object{{"metadata", json::object{{"number", held->number},
                                                         {"models", held->models},
                                                         {"nextUpdate", day_of(held->next_update)},
                                                         {"isStale", is_stale},
                                                         {"importedAt", to_rfc3339(held->imported_at)},
                                                         {"checkedAt", to_rfc3339(held->checked_at)}}}},
                  fmt::format("Number {} with {} models, imported {}, last seen to be the newest {}; the next one {} on {}.\n", held->number, held->models,
                              to_rfc3339(held->imported_at), to_rfc3339(held->checked_at), is_stale ? "was due" : "is due", day_of(held->next_update)));
    return {};
}

std::string_view name_of(identity::Certification level) {
    constexpr std::array<std::string_view, 7> kNames{"none", "l1", "l1plus", "l2", "l2plus", "l3", "l3plus"};
    return kNames.at(static_cast<std::size_t>(level));
}

Result<void> show_model(CommandContext& context, const std::string& aaguid) {
    auto* installation = TRY(context.installation());
    const auto tenant  = TRY(context.tenant());
    const auto model   = TRY(installation->passkey_metadata().find(aaguid));
    const auto least   = tenant->tenant.settings.passkeys.certification_least;
    const auto because = credentials::against_model(model, least);
    const auto verdict = because ? std::string(credentials::to_string(*because)) : std::string();
    if (!model) return Error{ErrorCode::notFound, fmt::format("the FIDO metadata names no model `{}` (lower case, with hyphens)", aaguid)};
    context.print_table({json::object{{"aaguid", model->aaguid},
                                      {"description", model->description},
                                      {"isFido2", model->is_fido2},
                                      {"verifiesUser", model->verifies_user},
                                      {"keepsPasskeys", model->keeps_passkeys},
                                      {"isHardware", model->is_hardware},
                                      {"certification", name_of(model->certification)},
                                      {"compromised", model->compromised},
                                      {"roots", model->roots.size()},
                                      {"refusedAs", verdict}}},
                        {{"description", "MODEL"}, {"certification", "CERTIFICATION"}, {"compromised", "COMPROMISED"}, {"verifiesUser", "VERIFIES USER"},
                         {"keepsPasskeys", "KEEPS PASSKEYS"}, {"refusedAs", "REFUSED AS"}, {"aaguid", "AAGUID"}});
    return {};
}

/// What is registered and should be replaced: attestation is looked at when a passkey is added, so these still sign in (CRED-024).
Result<void> list_compromised(CommandContext& context) {
    auto* installation = TRY(context.installation());
    const auto tenant  = TRY(context.tenant());
    json::array rows;
    for (const auto& passkey : TRY(installation->passkey_metadata().compromised_passkeys(tenant->tenant.id, kPasskeysMax))) {
        rows.push_back(json::object{{"user", passkey.user_principal_name},
                                    {"userId", to_string(passkey.user)},
                                    {"passkey", passkey.display_name},
                                    {"model", passkey.model},
                                    {"aaguid", passkey.aaguid},
                                    {"isAttested", passkey.is_attested},
                                    {"status", passkey.status}});
    }
    context.print_table(rows, {{"user", "USER"}, {"passkey", "PASSKEY"}, {"model", "MODEL"}, {"status", "STATUS"}, {"isAttested", "ATTESTED"}, {"aaguid", "AAGUID"}});
    return {};
}

}  // namespace

void add_passkey_commands(CLI::App& app, CommandContext& context) {
    auto* group = app.add_subcommand("passkeys", "What the FIDO Metadata Service says of models of passkeys");
    group->require_subcommand(1);
    auto* importing = group->add_subcommand("import-metadata", "Takes the service's signed document in the place of what is held");
    const auto files = std::make_shared<MetadataFiles>();
    importing->add_option("FILE", files->document, "The document (blob.jwt)")->required();
    importing->add_option("--crl", files->revocation_lists, "A revocation list of its certificates, DER or PEM; may be repeated")->expected(1)->take_all();
    importing->add_flag_callback("--accept-unknown-revocation", [files] { files->unknown = fido2::UnknownRevocation::accept; },
                                 "Take it where no current list tells whether a certificate is revoked; one that a list names is refused still");
    context.on(importing, [&context, files] { return import_files(context, *files); });
    context.on(group->add_subcommand("metadata", "Which document is held, and whether the next one is overdue"), [&] { return show_metadata(context); });
    auto* model       = group->add_subcommand("model", "What is known of a model, and why this tenant would refuse it");
    const auto aaguid = std::make_shared<std::string>();
    model->add_option("AAGUID", *aaguid, "The model")->required();
    context.on(model, [&context, aaguid] { return show_model(context, *aaguid); });
    context.on(group->add_subcommand("compromised", "Passkeys of a tenant whose model is called compromised; they still sign in"),
               [&] { return list_compromised(context); });
}

}  // namespace portcullis::program
