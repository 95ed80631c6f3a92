#include "app/contact_methods.h"

#include <algorithm>

#include "app/verify_totp.h"

namespace portcullis::app {

Contact contact_from(const credentials::MailAddress& address) { return {AuthMethod::email, address.text(), address.masked()}; }
Contact contact_from(const credentials::PhoneNumber& number) { return {AuthMethod::sms, number.e164(), number.masked()}; }

Result<identity::AuthenticationMethod> contact_method(Ports& ports, TenantId tenant, UserId user, const Contact& contact, Instant now) {
    identity::AuthenticationMethod method{.id           = ports.random.new_id<MethodId>(now),
                                          .user         = user,
                                          .kind         = contact.kind,
                                          .display_name = contact.masked,
                                          .created_at   = now};
    method.sealed_secret = TRY(ports.sealer.seal(Secret(contact.value), seed_context(tenant, to_string(method.id))));
    return method;
}

Result<std::string> contact_value(Ports& ports, TenantId tenant, const identity::AuthenticationMethod& method) {
    const auto value = TRY(ports.sealer.open(method.sealed_secret, seed_context(tenant, to_string(method.id))));
    return std::string(value.reveal());
}

const identity::AuthenticationMethod* contact_of(const Account& account, AuthMethod kind) {
    const auto found = std::ranges::find(account.methods, kind, &identity::AuthenticationMethod::kind);
    return found == account.methods.end() ? nullptr : &*found;
}

Result<std::vector<std::string>> recovery_addresses(Ports& ports, TenantId tenant, const Account& account) {
    std::vector<std::string> addresses;
    for (const auto& method : account.methods) {
        if (method.kind == AuthMethod::email) addresses.push_back(TRY(contact_value(ports, tenant, method)));
    }
    return addresses;
}

Secret random_digits(Random& random, int digits) {
    std::string text;
    while (static_cast<int>(text.size()) < digits) {
        const auto byte = static_cast<unsigned char>(random.bytes(1)[0]);
        if (byte < 250) text += static_cast<char>('0' + byte % 10);  // 250: the last multiple of ten in a byte
    }
    return Secret(std::move(text));
}

}  // namespace portcullis::app
