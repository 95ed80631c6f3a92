"""Prints who can sign in to the demo and what to try, from the ready file."""
import json
import sys

TRY = {
    "alice": "TOTP, no risk: from home straight in; from Tor asked for a code, and the risk is gone",
    "bob": "no second method yet: asked to add one, may skip for 14 days; from Tor refused (53004)",
    "carol": "her password leaked: code, then a new password, then in",
    "dave": "at risk without a second method: refused, an administrator must act",
    "erin": "TOTP, for passkeys and recovery",
    "frank": "the 14 days are over: must add a method before he gets in",
    "henry": "TOTP: guess his password wrong ten times and see him locked",
    "admin": "Global Administrator",
    "breakglass1": "emergency account: no policy ever stops it",
}

with open(sys.argv[1], encoding="utf-8") as file:
    demo = json.load(file)
tenant = demo["tenants"]["contoso"]

print(f"\nPortcullis is open at {demo['base']}/demo\n")
print(f"{'who':<28}{'password':<26}{'TOTP secret':<36}try")
for name, user in tenant["users"].items():
    print(f"{user['upn']:<28}{user.get('password', '-'):<26}{user.get('totp_secret', '-'):<36}{TRY.get(name, '')}")
print("\nplaces (X-Forwarded-For, or pick one on the demo page): "
      + ", ".join(f"{name} {place['ip']}" for name, place in demo["places"].items()))
print(f"issuer {tenant['issuer']}\nclock  {demo['demo']['clock']}   mail {demo['base']}/demo/outbox")
print("Ctrl-C ends it; the data stays in var/demo.\n", flush=True)
