#include <gtest/gtest.h>

#include "cluster/link/link_acceptor.h"
#include "cluster/link/outgoing_link.h"
#include "cluster/testing/memory_network.h"
#include "cluster/testing/virtual_time.h"

namespace nano::cluster {
namespace {

using Texts = std::vector<std::string>;
using std::chrono::seconds;

/// A node that is served: it calls "server:1".
class Caller final : public OutgoingLinkEvents {
 public:
  Caller(testing::MemoryNetwork& hub, testing::VirtualTime& time, const std::string& address)
      : network_(hub.join(time.scheduler(), address)),
        link_(time.scheduler(), network_->connect("server:1"), address, random_, *this) {
    time.scheduler().at_turn_end([this] { link_.flush(); });
  }

  void call(const std::string& text) { link_.add(LinkMessage::CALL, text.size()).set_payload(text); }
  OutgoingLink& link() { return link_; }

  Texts heard;
  int unreachable = 0;
  int over = 0;

 private:
  void on_message(const LinkMessage& message) override { heard.push_back(message.payload()); }
  void on_unreachable() override { ++unreachable; }
  void on_over() override { ++over; }

  std::unique_ptr<Network> network_;
  std::mt19937_64 random_{7};
  OutgoingLink link_;
};

/// A node that serves: it answers each message with the same.
class Server final : public Service {
 public:
  Server(testing::MemoryNetwork& hub, testing::VirtualTime& time)
      : network_(hub.join(time.scheduler(), "server:1")),
        acceptor_(time.scheduler(),
                  [this](IncomingLink& link) { return std::make_unique<Conversation>(*this, link); }) {
    network_->listen("server:1", *this);
    time.scheduler().at_turn_end([this] { acceptor_.flush(); });
  }

  LinkAcceptor& acceptor() { return acceptor_; }

  Texts heard;
  Texts over;

 private:
  class Conversation final : public IncomingLinkEvents {
   public:
    Conversation(Server& server, IncomingLink& link) : server_(server), link_(link) {}
    void on_message(const LinkMessage& message) override {
      server_.heard.push_back(message.payload());
      link_.add(LinkMessage::ANSWER, message.payload().size()).set_payload(message.payload());
    }
    void on_over(std::string_view why) override { server_.over.emplace_back(why); }

   private:
    Server& server_;
    IncomingLink& link_;
  };

  void on_call(std::string_view, std::string_view, CallReply reply) override {
    reply(NetworkError{NetworkErrc::unimplemented, ""});
  }
  StreamEvents* on_stream(std::string_view, std::unique_ptr<Stream> stream) override {
    return acceptor_.accept(std::move(stream));
  }

  std::unique_ptr<Network> network_;
  LinkAcceptor acceptor_;
};

class Link : public ::testing::Test {
 protected:
  testing::VirtualTime time_;
  testing::MemoryNetwork hub_{1};
};

TEST_F(Link, CarriesMessagesThereAndBackInOrder) {
  Server server{hub_, time_};
  Caller caller{hub_, time_, "caller:1"};
  for (int i = 0; i < 100; ++i) {
    caller.call(std::to_string(i));
    if (i % 7 == 0) time_.advance(std::chrono::microseconds{100});
  }
  time_.advance(seconds{1});
  ASSERT_EQ(server.heard.size(), 100u);
  for (int i = 0; i < 100; ++i) EXPECT_EQ(server.heard[static_cast<std::size_t>(i)], std::to_string(i));
  EXPECT_EQ(caller.heard, server.heard);
  EXPECT_EQ(caller.unreachable, 0);
}

}  // namespace
}  // namespace nano::cluster
