#include "protocol/client_traits.h"

#include <gtest/gtest.h>

namespace nano::protocol {
namespace {

ClientTraits traits_of_body(std::string_view body) {
  const auto handshake = parse_client_handshake(as_bytes(body));
  EXPECT_TRUE(handshake) << handshake.error().message;
  return traits_of(*handshake);
}

void expect_traits(std::string_view body, bool error_bit, bool route_codes, bool fractions) {
  const ClientTraits traits = traits_of_body(body);
  EXPECT_EQ(traits.takes_error_bit, error_bit) << body;
  EXPECT_EQ(traits.takes_route_codes, route_codes) << body;
  EXPECT_EQ(traits.takes_fractions, fractions) << body;
}

TEST(ClientTraits, OfAClientThatNobodyKnowsAreThoseOfTheProtocol) {
  for (const std::string_view body :
       {"", "{}", R"({"sys":{"type":"js-websocket","version":"1.1.1"}})",
        R"({"sys":{"type":"","version":2}})", R"({"sys":{"version":"1.0-beta"}})",
        R"({"sys":{"version":"0.3.5"}})", R"({"sys":{"version":"0.x-y"}})", R"({"sys":{"version":"-"}})",
        R"({"sys":{"libVersion":null}})", R"({"sys":{"type":"cocos"}})"}) {
    expect_traits(body, true, true, true);
  }
}

TEST(ClientTraits, OfPomelosClientsInCKeepTheTypeByteFreeOfFlags) {
  expect_traits(R"({"sys":{"type":"c","version":"0.3.4"}})", false, false, false);
  expect_traits(R"({"sys":{"type":"desktop","version":"0.3.5-release"}})", false, false, false);
  expect_traits(R"({"sys":{"type":"Java Client","version":"0.3.3-alpha","dictVersion":"x"}})", false, false,
                false);
}

TEST(ClientTraits, OfPitayasAndUnitysClientsAskForWholeSeconds) {
  expect_traits(R"({"sys":{"platform":"mac","libVersion":"0.3.5-release","clientVersion":"2.1"}})", true,
                true, false);
  expect_traits(R"({"sys":{"type":"unity-socket","version":"0.3.0"}})", true, true, false);
}

}  // namespace
}  // namespace nano::protocol
