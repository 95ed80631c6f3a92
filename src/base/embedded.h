#pragma once

#include <map>
#include <string>
#include <string_view>

/// Files that are part of the program (see cmake/embed.cmake): path below their folder -> bytes.
namespace portcullis::embedded {

using Files = std::map<std::string, std::string_view, std::less<>>;

/// migrations/*.sql
const Files& migrations();
/// web/**
const Files& web();
/// web/mail/*.json
const Files& mail_texts();
/// data/demo/*: the networks, anonymisers and threats of the demo's places
const Files& demo_data();
/// docs/policies/*.json
const Files& policy_documents();

}  // namespace portcullis::embedded
