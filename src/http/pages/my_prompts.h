#pragma once

#include "app/mfa_prompts.h"
#include "http/web.h"

/// Codes and prompts that a person was sent, and what they say of them (CRED-036, IDP-120).
namespace portcullis::http {

/// GET /{t}/myaccount/prompts: those of the last day (UX-160). Leads to the page of sign-ins where the tenant takes no reports.
Response show_prompts(Web& web, const Call& call);
/// GET and POST /{t}/myaccount/prompts/report?id=: asks, then reports (UX-161). 404 for what is not theirs.
Response show_prompt_report(Web& web, const Call& call);
Response submit_prompt_report(Web& web, const Call& call);

/// Where this one is reported, below the tenant.
std::string prompt_report_path(FlowId id);
/// How a prompt is shown.
pages::PromptLine prompt_line(const Web& web, const app::MfaPrompt& prompt, std::string_view language);

}  // namespace portcullis::http
