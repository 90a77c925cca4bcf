// Internal header. Nodes on loopback whose logic thread is the test's; for the tests of this folder.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "cluster/network/grpc_network.h"
#include "cluster/network/reserved_port_for_tests.h"

namespace nano::cluster {

using std::chrono::milliseconds;
using std::chrono::seconds;

/// Ends a wait for what does not come; never the way a test passes.
constexpr seconds patience{30};
/// On a busy machine also the answer to a keepalive may take long.
inline const GrpcOptions patient_options{.keepalive_timeout = patience};

/// One end of a stream, and what it heard.
class StreamEnd final : public StreamEvents {
 public:
  void on_message(std::string_view message) override {
    messages.emplace_back(message);
    if (heard) heard(messages.back());
  }
  void on_closed(const NetworkError& error) override {
    EXPECT_FALSE(closed) << "told twice";
    closed = error;
  }

  std::vector<std::string> messages;
  std::optional<NetworkError> closed;
  std::function<void(const std::string&)> heard;
  std::unique_ptr<Stream> stream;
};

class TestService final : public Service {
 public:
  void on_call(std::string_view method, std::string_view request, CallReply reply) override {
    if (method == "/clusterpb.Test/Echo") return reply(std::string{request});
    if (method == "/clusterpb.Test/Refuse") return reply(NetworkError{NetworkErrc::refused, "no room left"});
    if (method == "/clusterpb.Test/Drop") return;
    if (method == "/clusterpb.Test/Wait") return held.push_back(std::move(reply));
    reply(NetworkError{NetworkErrc::unimplemented, "what is " + std::string{method}});
  }
  StreamEvents* on_stream(std::string_view method, std::unique_ptr<Stream> stream) override {
    if (method != "/test.Link/Open") return nullptr;
    StreamEnd& end = *streams.emplace_back(std::make_unique<StreamEnd>());
    end.stream = std::move(stream);
    if (echo) end.heard = [&end](const std::string& message) { end.stream->send(message); };
    return &end;
  }

  bool echo = false;
  std::vector<CallReply> held;
  std::deque<std::unique_ptr<StreamEnd>> streams;
};

class GrpcNetworkFixture : public ::testing::Test {
 protected:
  GrpcNetworkFixture() {
    scheduler_.at_turn_end([this] {
      if (awaited_ && awaited_()) scheduler_.stop();
    });
  }

  /// The calling thread is the logic thread until `condition` holds.
  void run_until(std::function<bool()> condition) {
    if (condition()) return;
    awaited_ = std::move(condition);
    Timer net = scheduler_.after(patience, [this] { scheduler_.stop(); });
    scheduler_.run();
    EXPECT_TRUE(awaited_()) << "waited in vain";
    awaited_ = nullptr;
  }
  CallOutcome call(Channel& channel, std::string_view method, std::string request = {},
                   Duration timeout = patience) {
    std::optional<CallOutcome> outcome;
    channel.call(method, std::move(request), timeout, [&](CallOutcome got) { outcome = std::move(got); });
    run_until([&] { return outcome.has_value(); });
    return outcome ? *outcome : CallOutcome{NetworkError{NetworkErrc::timeout, "waited in vain"}};
  }
  /// Calls until an answer comes: on a busy machine an attempt to connect may take longer than it is given,
  /// and a call does not wait for the next one.
  CallOutcome call_until_answered(Channel& channel, std::string_view method = "/clusterpb.Test/Echo") {
    const TimePoint end = clock_.now() + patience;
    while (true) {
      CallOutcome outcome = call(channel, method);
      if (outcome.ok() || clock_.now() > end) return outcome;
    }
  }
  static void open(Channel& channel, StreamEnd& end, std::string_view method = "/test.Link/Open") {
    end.stream = channel.open_stream(method, end);
  }

  Log log_{LogLevel::off};
  SystemClock clock_;
  ParkingDriver driver_;
  InlineWorkers workers_;
  Scheduler scheduler_{clock_, driver_, workers_, log_};
  std::function<bool()> awaited_;
};

/// One node that serves and one that asks it, connected.
class TwoNodes : public GrpcNetworkFixture {
 protected:
  void SetUp() override {
    const CallOutcome outcome = call_until_answered(*channel_);
    ASSERT_TRUE(outcome.ok()) << outcome.error().message;
  }

  const ReservedPort port_;
  TestService service_;
  std::unique_ptr<GrpcNetwork> server_ = std::make_unique<GrpcNetwork>(scheduler_, patient_options);
  const std::string address_ = server_->listen(port_.address(), service_);
  std::unique_ptr<GrpcNetwork> client_ = std::make_unique<GrpcNetwork>(scheduler_, patient_options);
  std::unique_ptr<Channel> channel_ = client_->connect(address_);
};

}  // namespace nano::cluster
