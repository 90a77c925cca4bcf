#include "protocol/client_traits.h"

#include <string_view>

namespace nano::protocol {

namespace {

struct KnownClient {
  bool (*is)(const ClientHandshake& handshake);
  ClientTraits traits;
};

/// "0.3.5-release": no other client's version has a word behind the numbers. The type is the application's
/// ("desktop", "Java Client", ...).
bool is_libpomelo2(const ClientHandshake& handshake) {
  const std::string_view version = handshake.version;
  const auto dash = version.find('-');
  return version.starts_with("0.") && dash != version.npos &&
         version.find_first_not_of("0123456789.") == dash;
}

// The first that matches counts.
constexpr KnownClient known_clients[] = {
    // libpomelo. Takes bit 5 for a part of the type, and closes. Keeps only the low byte of a route code. A
    // fraction is no heartbeat to it, so that it sends none and is taken for gone.
    {[](const ClientHandshake& handshake) { return handshake.type == "c"; },
     {.takes_error_bit = false, .takes_route_codes = false, .takes_fractions = false}},
    // libpomelo2. Takes bit 5 for a part of the type, and connects anew. Ends its process at a route code, as
    // it looks for the dictionary elsewhere. Drops a fraction: half a second is no heartbeat to it.
    {is_libpomelo2, {.takes_error_bit = false, .takes_route_codes = false, .takes_fractions = false}},
    // Pitaya's clients. Go's does not parse a handshake with a fraction; libpitaya drops it. libpitaya ends
    // its process at a route code, and sends none.
    {[](const ClientHandshake& handshake) { return !handshake.lib_version.empty(); },
     {.takes_fractions = false}},
    // pomelo-unityclient. Rounds a fraction, half a second to no heartbeat.
    {[](const ClientHandshake& handshake) { return handshake.type == "unity-socket"; },
     {.takes_fractions = false}},
};

}  // namespace

ClientTraits traits_of(const ClientHandshake& handshake) {
  for (const KnownClient& known : known_clients) {
    if (known.is(handshake)) return known.traits;
  }
  return {};
}

}  // namespace nano::protocol
