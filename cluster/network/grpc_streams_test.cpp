#include <stdexcept>

#include "cluster/network/grpc_network_test_fixture.h"

namespace nano::cluster {
namespace {

class GrpcStreams : public TwoNodes {
 protected:
  /// Both ends of a stream of which the server knows.
  StreamEnd& open_both(StreamEnd& near) {
    const std::size_t before = service_.streams.size();
    open(*channel_, near);
    run_until([&] { return service_.streams.size() > before || near.closed; });
    if (service_.streams.size() == before) {
      throw std::runtime_error(near.closed ? near.closed->message : "no stream has come");
    }
    return *service_.streams.back();
  }
};

TEST_F(GrpcStreams, CarryManyMessagesBothWaysInOrder) {
  constexpr std::size_t messages = 10'000;
  service_.echo = true;
  StreamEnd end;
  open(*channel_, end);
  std::vector<std::string> sent;
  for (std::size_t i = 0; i < messages; ++i) {
    sent.push_back(std::to_string(i) + std::string(i % 700, 'x'));
    end.stream->send(sent.back());
  }
  run_until([&] { return end.messages.size() == messages || end.closed; });
  EXPECT_TRUE(end.messages == sent);
  EXPECT_TRUE(service_.streams.front()->messages == sent);
}

TEST_F(GrpcStreams, CarryMoreThanMayWaitUnread) {
  constexpr std::size_t messages = 64;
  service_.echo = true;
  StreamEnd end;
  open(*channel_, end);
  for (std::size_t i = 0; i < messages; ++i) {
    end.stream->send(std::string(1'000'000, static_cast<char>('a' + i % 20)));
  }
  run_until([&] { return end.messages.size() == messages || end.closed; });
  ASSERT_EQ(end.messages.size(), messages);
  for (std::size_t i = 0; i < messages; ++i) EXPECT_EQ(end.messages[i].back(), 'a' + i % 20);
}

TEST_F(GrpcStreams, CarryOneLargeMessage) {
  service_.echo = true;
  StreamEnd end;
  open(*channel_, end);
  const std::string large(30'000'000, 'l');
  end.stream->send(large);
  run_until([&] { return !end.messages.empty() || end.closed; });
  ASSERT_EQ(end.messages.size(), 1U);
  EXPECT_TRUE(end.messages.front() == large);
}

TEST_F(GrpcStreams, AMessageBeyondTheLimitEndsItsStream) {
  StreamEnd end;
  StreamEnd& far = open_both(end);
  end.stream->send(std::string(64 * 1024 * 1024 + 1, 'l'));
  run_until([&] { return end.closed && far.closed; });
  EXPECT_TRUE(far.messages.empty());
}

TEST_F(GrpcStreams, SpeakFromTheServersSideFirst) {
  StreamEnd end;
  open_both(end).stream->send("welcome");
  run_until([&] { return !end.messages.empty(); });
  EXPECT_EQ(end.messages.front(), "welcome");
}

TEST_F(GrpcStreams, WhenTheClientClosesTheServerHearsIt) {
  StreamEnd end;
  StreamEnd& far = open_both(end);
  end.stream->close();
  run_until([&] { return far.closed.has_value(); });
  EXPECT_EQ(far.closed->code, NetworkErrc::unreachable);
  far.stream->send("into the void");
  EXPECT_FALSE(end.closed) << "told its own close";
}

TEST_F(GrpcStreams, WhenTheServerClosesTheClientHearsIt) {
  StreamEnd end;
  StreamEnd& far = open_both(end);
  far.stream.reset();
  run_until([&] { return end.closed.has_value(); });
  EXPECT_EQ(end.closed->code, NetworkErrc::unreachable);
  end.stream->send("into the void");
  EXPECT_FALSE(far.closed) << "told its own close";
}

TEST_F(GrpcStreams, WhenTheServerStopsTheClientHearsIt) {
  StreamEnd end;
  StreamEnd& far = open_both(end);
  server_->stop();
  run_until([&] { return end.closed.has_value(); });
  EXPECT_EQ(end.closed->code, NetworkErrc::unreachable);
  far.stream->send("into the void");
  far.stream->close();
}

TEST_F(GrpcStreams, AServerThatStopsDoesNotWaitForAClientThatDoesNotRead) {
  StreamEnd end;
  StreamEnd& far = open_both(end);
  // More than may wait unread: this thread, which would read it, is busy stopping the server.
  for (int i = 0; i < 32; ++i) far.stream->send(std::string(1'000'000, 'x'));
  server_->stop();
  run_until([&] { return end.closed.has_value(); });
  EXPECT_EQ(end.closed->code, NetworkErrc::unreachable);
}

TEST_F(GrpcStreams, WhenTheClientsNetworkGoesTheServerHearsIt) {
  StreamEnd end;
  StreamEnd& far = open_both(end);
  client_.reset();
  run_until([&] { return far.closed.has_value(); });
  end.stream->send("into the void");
  EXPECT_FALSE(end.closed) << "called back by a network that is gone";
  StreamEnd late;
  open(*channel_, late);
  channel_->call("/clusterpb.Test/Echo", "", patience, [](CallOutcome) { FAIL(); });
}

TEST_F(GrpcStreams, WhenTheChannelGoesTheServerHearsItAndTheClientDoesNot) {
  StreamEnd end;
  StreamEnd& far = open_both(end);
  channel_->call("/clusterpb.Test/Wait", "", patience, [](CallOutcome) { FAIL(); });
  channel_.reset();
  run_until([&] { return far.closed.has_value(); });
  EXPECT_FALSE(end.closed);
}

TEST_F(GrpcStreams, AreClosedLaterWhereNobodyListens) {
  server_.reset();
  const auto channel = client_->connect(address_);
  StreamEnd end;
  open(*channel, end);
  EXPECT_FALSE(end.closed);
  run_until([&] { return end.closed.has_value(); });
  EXPECT_EQ(end.closed->code, NetworkErrc::nobody_listens);
}

TEST_F(GrpcStreams, ThatTheServiceRefusesAreUnimplemented) {
  StreamEnd end;
  open(*channel_, end, "/test.Link/Unknown");
  run_until([&] { return end.closed.has_value(); });
  EXPECT_EQ(end.closed->code, NetworkErrc::unimplemented);
}

TEST_F(GrpcStreams, OpenAgainAfterTheServerCameBack) {
  StreamEnd first;
  open_both(first);
  server_.reset();
  run_until([&] { return first.closed.has_value(); });
  server_ = std::make_unique<GrpcNetwork>(scheduler_, patient_options);
  server_->listen(address_, service_);
  service_.echo = true;
  const TimePoint begin = clock_.now();
  bool answered = false;
  while (!answered && clock_.now() - begin < patience) {
    StreamEnd again;
    open(*channel_, again);
    again.stream->send("there?");
    run_until([&] { return again.closed || !again.messages.empty(); });
    answered = !again.messages.empty();
  }
  EXPECT_TRUE(answered);
}

TEST_F(GrpcStreams, MayBeDestroyedByWhatTheyTell) {
  service_.echo = true;
  StreamEnd end;
  open(*channel_, end);
  end.heard = [&](const std::string&) { end.stream.reset(); };
  for (int i = 0; i < 100; ++i) end.stream->send("again");
  run_until([&] { return !service_.streams.empty() && service_.streams.front()->closed; });
  EXPECT_EQ(end.messages.size(), 1U);
}

TEST_F(GrpcStreams, TheirNetworksMayBeDestroyedByWhatTheyTell) {
  service_.echo = true;
  StreamEnd end;
  open(*channel_, end);
  end.heard = [&](const std::string&) {
    server_.reset();
    client_.reset();
  };
  for (int i = 0; i < 100; ++i) end.stream->send("again");
  run_until([&] { return !client_; });
  EXPECT_EQ(end.messages.size(), 1U);
}

/// What goes when, in the middle of traffic.
class GrpcInMidFlight : public GrpcNetworkFixture, public ::testing::WithParamInterface<int> {};
INSTANTIATE_TEST_SUITE_P(EachFirst, GrpcInMidFlight, ::testing::Range(0, 5));

TEST_P(GrpcInMidFlight, AnyPartMayGoFirst) {
  for (std::size_t round = 0; round < 20; ++round) {
    TestService service;
    service.echo = true;
    auto server = std::make_unique<GrpcNetwork>(scheduler_, patient_options);
    const std::string address = server->listen("127.0.0.1:0", service);
    auto client = std::make_unique<GrpcNetwork>(scheduler_, patient_options);
    auto channel = client->connect(address);
    if (round > 0) {  // in the first one, while it connects
      ASSERT_TRUE(call_until_answered(*channel).ok());
    }
    StreamEnd end;
    open(*channel, end);
    end.heard = [&](const std::string& message) {
      if (end.stream) end.stream->send(message);
    };
    for (int i = 0; i < 20; ++i) {
      end.stream->send(std::string(1000, 'm'));
      channel->call("/clusterpb.Test/Echo", "request", patience, [](CallOutcome) {});
    }
    run_until([&] { return end.messages.size() >= round * 10; });
    const std::function<void()> parts[] = {[&] { server.reset(); }, [&] { client.reset(); },
                                           [&] { channel.reset(); }, [&] { end.stream.reset(); },
                                           [&] { service.streams.clear(); }};
    for (std::size_t i = 0; i < std::size(parts); ++i) {
      parts[(static_cast<std::size_t>(GetParam()) + i) % std::size(parts)]();
      scheduler_.run_once();
    }
  }
}

}  // namespace
}  // namespace nano::cluster
