// Internal header. What the tests of a stop have in common.
#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "nano/component/responder.h"
#include "nano/testing/world.h"

namespace nano {

using Texts = std::vector<std::string>;
using std::chrono::milliseconds;
using std::chrono::seconds;

/// Handlers that take their time, and hooks that do what the test says.
class Worker final : public Component {
 public:
  explicit Worker(Texts& events) : events_(events) {}
  static void routes(Routes<Worker>& on) {
    on.add<&Worker::echo>("Echo").add<&Worker::slow>("Slow").add<&Worker::hold>("Hold");
    on.add<&Worker::note>("Note").add<&Worker::save_when_closed>("SaveWhenClosed").add<&Worker::ask>("Ask");
  }

  void before_shutdown() override {
    if (at_before_shutdown) at_before_shutdown();
  }
  void shutdown() override {
    if (at_shutdown) at_shutdown();
  }

  std::string echo(const std::string& in) { return in; }
  Task<std::string> slow(std::string in) {
    co_await sleep(milliseconds{std::stoi(in)});
    events_.push_back("slow " + in);
    co_return in;
  }
  void hold(Responder<std::string> answer) { held.push_back(std::move(answer)); }
  void note(const std::string& in) { events_.push_back("note " + in); }
  void save_when_closed(Session& session) {
    session.on_closed([this](Session& closed) { scheduler().spawn(save(closed.id())); }).detach();
  }
  Task<std::string> ask(SessionPtr session, std::string route) {
    co_await sleep(seconds{1});
    const Result<std::string> answer = co_await session->call<std::string>(route, "100");
    co_return answer ? "got " + *answer : answer.error().code;
  }
  Task<void> wait(Duration duration, std::string what) {
    co_await sleep(duration);
    events_.push_back(what);
  }

  std::function<void()> at_before_shutdown;
  std::function<void()> at_shutdown;
  std::vector<Responder<std::string>> held;
  std::size_t saved = 0;

 private:
  Task<void> save(SessionId) {
    co_await sleep(milliseconds{100});
    auto call = offload([] { return 1; });
    const int one = co_await call;
    co_await sleep(milliseconds{100});
    saved += static_cast<std::size_t>(one);
  }

  Texts& events_;
};

}  // namespace nano
