#include "nano/net/listen_address.h"

#include <string>

#include <gtest/gtest.h>

namespace nano {
namespace {

TEST(ListenAddressTest, IsAHostAndAPort) {
  const struct {
    const char* text;
    ListenAddress address;
  } cases[] = {{"127.0.0.1:3250", {"127.0.0.1", 3250}},
               {"localhost:0", {"localhost", 0}},
               {":80", {"", 80}},
               {"*:80", {"", 80}},
               {"[::1]:65535", {"::1", 65535}},
               {"[::]:1", {"::", 1}}};
  for (const auto& [text, address] : cases) {
    const Result<ListenAddress> parsed = parse_listen_address(text);
    ASSERT_TRUE(parsed.ok()) << text;
    EXPECT_EQ(*parsed, address) << text;
  }
}

TEST(ListenAddressTest, OfAnotherFormGetsASentence) {
  const struct {
    const char* text;
    const char* sentence;
  } cases[] = {{"", "write host:port"},
               {"3250", "write host:port"},
               {"localhost", "write host:port"},
               {"http://localhost:80", "write host:port"},
               {"localhost:", "the port is a number"},
               {"localhost:65536", "the port is a number"},
               {"localhost:-1", "the port is a number"},
               {"localhost:+1", "the port is a number"},
               {"localhost:80x", "the port is a number"},
               {"localhost: 80", "the port is a number"},
               {"localhost:80/nano", "the port is a number"},
               {"[::1]", "the port is a number"},
               {"::1:80", "in brackets"},
               {"[]:80", "between the brackets"}};
  for (const auto& [text, sentence] : cases) {
    const Result<ListenAddress> parsed = parse_listen_address(text);
    ASSERT_FALSE(parsed.ok()) << text;
    EXPECT_NE(parsed.error().message.find(sentence), std::string::npos)
        << text << ": " << parsed.error().message;
  }
}

TEST(ListenAddressTest, OverlapsWhereASecondSocketCouldNotBe) {
  const auto both = [](const char* a, const char* b) {
    return overlap(*parse_listen_address(a), *parse_listen_address(b));
  };
  EXPECT_TRUE(both("127.0.0.1:1", "127.0.0.1:1"));
  EXPECT_TRUE(both("127.0.0.1:1", "0.0.0.0:1"));
  EXPECT_TRUE(both(":1", "localhost:1"));
  EXPECT_TRUE(both("[::1]:1", "[::]:1"));
  EXPECT_TRUE(both("0.0.0.0:1", "[::]:1"));
  EXPECT_TRUE(both("[::1]:1", ":1"));
  EXPECT_FALSE(both("0.0.0.0:1", "[::1]:1"));
  EXPECT_FALSE(both("127.0.0.1:1", "127.0.0.2:1"));
  EXPECT_FALSE(both("127.0.0.1:1", "127.0.0.1:2"));
  EXPECT_FALSE(both(":0", ":0"));
}

}  // namespace
}  // namespace nano
