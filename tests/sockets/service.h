// Internal header. For tests: one route for each way to be answered.
#pragma once

#include <deque>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

#include "nano/nano.h"

namespace nano::sockets {

struct Number {
  int value = 0;
};
BOOST_DESCRIBE_STRUCT(Number, (), (value))

/// Payloads are raw bytes but for Double's, which is JSON.
class Service final : public Component {
 public:
  static void routes(Routes<Service>& on) {
    on.add<&Service::echo>("Echo");
    on.add<&Service::double_it>("Double");
    on.add<&Service::fail>("Throw");
    on.add<&Service::later>("Later");
    on.add<&Service::hold>("Hold");
    on.add<&Service::bytes>("Bytes");
    on.add<&Service::push_many>("PushMany");
    on.add<&Service::flood>("Flood");
    on.add<&Service::kick>("Kick");
    on.add<&Service::close>("Close");
  }

  void before_shutdown() override { release(); }

  std::string echo(std::string_view payload) { return std::string{payload}; }
  Number double_it(const Number& in) { return {2 * in.value}; }
  std::string fail() { throw std::runtime_error("thrown by Service.Throw"); }
  Task<std::string> later(std::string payload) {
    co_await scheduler().yield();
    co_return payload;
  }
  /// Answered by release().
  void hold(std::string_view payload, Responder<std::string> answer) {
    held_.emplace_back(std::string{payload}, std::move(answer));
  }
  /// As many as the payload says.
  std::string bytes(std::string_view count) { return std::string(std::stoul(std::string{count}), 'b'); }
  /// That many pushes from one handler.
  void push_many(Session& session, std::string_view count) {
    const unsigned long pushes = std::stoul(std::string{count});
    for (unsigned long i = 0; i < pushes; ++i) session.push("onPush", std::to_string(i));
  }
  /// Half a mebibyte of pushes: half the budget of a send queue.
  void flood(Session& session) {
    const std::string chunk(64 * 1024, 'f');
    for (int i = 0; i < 8; ++i) session.push("onFlood", chunk);
  }
  void kick(Session& session, std::string_view reason) { session.kick(reason); }
  void close(Session& session) { session.close(); }

  std::size_t held() const { return held_.size(); }
  /// Answers all requests that are held, with their payloads.
  void release() {
    for (auto& [payload, answer] : std::exchange(held_, {})) answer.respond(payload);
  }

 private:
  std::deque<std::pair<std::string, Responder<std::string>>> held_;
};

}  // namespace nano::sockets
