#include "nano/base/host_port.h"

#include <string>
#include <string_view>

#include <gtest/gtest.h>

namespace nano {
namespace {

/// "host|port", or the beginning of the sentence.
std::string parsed(std::string_view text) {
  const Result<HostPort> parts = parse_host_port(text);
  if (!parts) return parts.error().message.substr(0, 15);
  return std::string{parts->host} + "|" + std::to_string(parts->port);
}

TEST(HostPort, IsAHostAndAPort) {
  EXPECT_EQ(parsed("localhost:3250"), "localhost|3250");
  EXPECT_EQ(parsed("127.0.0.1:0"), "127.0.0.1|0");
  EXPECT_EQ(parsed(":65535"), "|65535");
}

TEST(HostPort, HasNoBracketsAroundAnIpv6Address) {
  EXPECT_EQ(parsed("[::1]:80"), "::1|80");
  EXPECT_EQ(parsed("::1:80"), "an IPv6 address");
  EXPECT_EQ(parsed("[]:80"), "between the bra");
  EXPECT_EQ(parsed("[::1:80"), "an IPv6 address");
}

TEST(HostPort, SaysWhatToWriteInstead) {
  for (const std::string_view text : {"", "3250", "localhost", "http://localhost:80"}) {
    EXPECT_EQ(parsed(text), "write host:port") << text;
  }
  for (const std::string_view text : {"a:", "a:65536", "a:-1", "a:+1", "a: 1", "a:1x", "a:http"}) {
    EXPECT_EQ(parsed(text), "the port is a n") << text;
  }
}

}  // namespace
}  // namespace nano
