// Internal header. For the tests of handlers: their payloads, and a client who asks.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include <boost/describe.hpp>
#include <gtest/gtest.h>

#include "nano/testing/world.h"

namespace nano {

using std::chrono::milliseconds;
using std::chrono::seconds;

struct Question {
  std::string text;
  int count = 0;
};
struct Reply {
  std::string text;
};
BOOST_DESCRIBE_STRUCT(Question, (), (text, count))
BOOST_DESCRIBE_STRUCT(Reply, (), (text))

/// One client of an application with a component C.
template <class C>
class HandlerTest : public ::testing::Test {
 protected:
  explicit HandlerTest(ComponentOptions options = {})
      : component_(world_.app().template add<C>(std::move(options))) {
    world_.start();
    client_ = world_.connect();
  }

  /// What the client gets for a request: the payload, or "code: message".
  template <class T>
  std::string ask(std::string_view route, const T& payload) {
    return text_of(client_->template request<std::string>(route, payload));
  }
  std::string ask(std::string_view route) { return ask(route, std::string_view{}); }
  std::string answer_to(std::uint64_t id) { return text_of(client_->template take_reply<std::string>(id)); }
  static std::string text_of(const Result<std::string>& reply) {
    return reply ? *reply : reply.error().code + ": " + reply.error().message;
  }
  std::string unanswered(std::uint64_t id) const {
    return "timeout: No answer to request " + std::to_string(id) + " has come.";
  }

  testing::World world_;
  C& component_;
  std::shared_ptr<testing::Client> client_;
};

inline constexpr std::string_view internal_error = "internal: The server failed to handle the message.";

}  // namespace nano
