// Internal header. GoPeer: a node of Go Nano, played by the tests of nodes.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cluster/node/node_test_fixture.h"
#include "cluster/registry/messages.h"

namespace nano::cluster {

/// A node of Go Nano at "go:1", as far as ours see it.
class GoPeer final : public Service {
 public:
  GoPeer(testing::MemoryNetwork& hub, Scheduler& scheduler) : network_(hub.join(scheduler, "go:1")) {
    network_->listen("go:1", *this);
  }
  /// As a backend that offers the service Go.
  void register_with(const std::string& master) {
    clusterpb::RegisterRequest request;
    request.mutable_memberinfo()->set_serviceaddr("go:1");
    request.mutable_memberinfo()->add_services("Go");
    call(master, method::register_member, request.SerializeAsString());
  }
  /// As a gate, for the session.
  void notify(const std::string& backend, std::int64_t session, const std::string& route,
              const std::string& gate = "go:1") {
    clusterpb::NotifyMessage message;
    message.set_gateaddr(gate);
    message.set_sessionid(session);
    message.set_route(route);
    message.set_data("x");
    call(backend, method::handle_notify, message.SerializeAsString());
  }
  /// The answer to the last request.
  void respond(const std::string& gate, const std::string& payload) {
    clusterpb::ResponseMessage message;
    message.set_sessionid(requests.back());
    message.set_id(last_request_);
    message.set_data(payload);
    call(gate, method::handle_response, message.SerializeAsString());
  }
  /// As after SIGCONT.
  void wake_up() {
    hangs = false;
    for (Function<void()>& waiting : std::exchange(waiting_, {})) waiting();
  }

  bool hangs = false;  // as after SIGSTOP, what comes waits
  /// What handlers of it find: a third node that cannot be reached.
  bool hears_of_failures = false;
  std::vector<std::int64_t> requests, notifies, closed;  // sessions

 private:
  void on_call(std::string_view method, std::string_view request, CallReply reply) override {
    if (!hangs) return answer(method, request, std::move(reply));
    waiting_.push_back([this, method = std::string{method}, request = std::string{request},
                        reply = std::move(reply)]() mutable { answer(method, request, std::move(reply)); });
  }
  void answer(std::string_view method, std::string_view request, CallReply reply) {
    if (method == method::handle_request) {
      const auto message = *parse<clusterpb::RequestMessage>(request);
      if (message.route() != "Go.Take") {
        return reply(
            NetworkError{NetworkErrc::refused, "service not found in current node: " + message.route()});
      }
      if (hears_of_failures) return reply(NetworkError{NetworkErrc::unreachable, "a third node", true});
      requests.push_back(message.sessionid());
      last_request_ = message.id();
    } else if (method == method::handle_notify) {
      notifies.push_back(parse<clusterpb::NotifyMessage>(request)->sessionid());
    } else if (method == method::session_closed) {
      closed.push_back(parse<clusterpb::SessionClosedRequest>(request)->sessionid());
    } else if (method == method::probe) {
      return reply(NetworkError{NetworkErrc::unimplemented, "unknown method Probe"});
    }
    reply(std::string{});
  }
  StreamEvents* on_stream(std::string_view, std::unique_ptr<Stream>) override { return nullptr; }
  void call(const std::string& address, std::string_view method, std::string request) {
    auto& channel = channels_[address];
    if (!channel) channel = network_->connect(address);
    channel->call(method, std::move(request), seconds{1}, [](const CallOutcome&) {});
  }

  std::unique_ptr<Network> network_;
  std::map<std::string, std::unique_ptr<Channel>> channels_;
  std::vector<Function<void()>> waiting_;
  std::uint64_t last_request_ = 0;
};

/// The cluster of NodeTestFixture, and a node of Go Nano that nobody knows yet.
class NodeGoTestFixture : public NodeTestFixture {
 protected:
  void start_go() { go_ = std::make_unique<GoPeer>(cluster_.network(), cluster_.app("b:1").scheduler()); }

  std::unique_ptr<GoPeer> go_ = std::make_unique<GoPeer>(cluster_.network(), cluster_.app("b:1").scheduler());
};

}  // namespace nano::cluster
