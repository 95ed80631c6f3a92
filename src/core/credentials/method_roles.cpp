#include "core/credentials/method_roles.h"

#include <algorithm>

namespace portcullis::credentials {

bool is_second_factor(AuthMethod method) {
    switch (method) {
        case AuthMethod::softwareOath:
        case AuthMethod::hardwareOath:
        case AuthMethod::passkeySynced:
        case AuthMethod::passkeyDeviceBound:
        case AuthMethod::passkeyHardware:      return true;
        case AuthMethod::password:
        case AuthMethod::email:
        case AuthMethod::sms:
        case AuthMethod::voice:
        case AuthMethod::push:
        case AuthMethod::x509Certificate:
        case AuthMethod::kerberos:
        case AuthMethod::temporaryAccessPass:
        case AuthMethod::recoveryCode:
        case AuthMethod::externalMethod:
        case AuthMethod::federated:
        case AuthMethod::federatedMultiFactor: return false;
    }
    return false;
}

bool has_second_factor(std::span<const identity::AuthenticationMethod> methods) {
    return std::ranges::any_of(methods, [](const identity::AuthenticationMethod& m) { return is_second_factor(m.kind); });
}

}  // namespace portcullis::credentials
