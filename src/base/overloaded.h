#pragma once

namespace portcullis {

/// A visitor made of lambdas, for std::visit.
template <class... F>
struct overloaded : F... {
    using F::operator()...;
};
template <class... F>
overloaded(F...) -> overloaded<F...>;  // clang-16 has no class template argument deduction for aggregates

}  // namespace portcullis
