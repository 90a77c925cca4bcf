// Internal header. Nodes for the tests of links: each with a scheduler of its own, which can be frozen, on
// one clock.
#pragma once

#include <algorithm>
#include <functional>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "cluster/link/link_acceptor.h"
#include "cluster/link/outgoing_link.h"
#include "cluster/testing/memory_network.h"
#include "nano/base/clock.h"
#include "nano/base/worker_pool.h"
#include "nano/scheduler/driver.h"
#include "nano/testing/log_capture.h"

namespace nano::cluster {

using Texts = std::vector<std::string>;
using std::chrono::milliseconds;
using std::chrono::seconds;

inline Texts numbers(int first, int end) {
  Texts texts;
  for (int i = first; i < end; ++i) texts.push_back(std::to_string(i));
  return texts;
}

/// What runs as one process. Frozen, neither its timers run nor does it read what arrives.
class Process {
 public:
  explicit Process(const Clock& clock) : scheduler_(clock, driver_, workers_, log_.log()) {}

  Scheduler& scheduler() { return scheduler_; }
  const nano::testing::LogCapture& log() const { return log_; }
  bool frozen = false;

 private:
  ManualDriver driver_;
  InlineWorkers workers_;
  nano::testing::LogCapture log_;
  Scheduler scheduler_;
};

/// The clock and the network of all processes of a test.
class LinkWorld {
 public:
  explicit LinkWorld(std::uint64_t seed = 1) : hub(seed) {}

  Process& start_process() { return *processes_.emplace_back(std::make_unique<Process>(clock_)); }

  void advance(Duration duration) {
    const TimePoint end = clock_.now() + duration;
    for (;;) {
      run_ready();
      std::optional<TimePoint> next;
      for (const auto& process : processes_) {
        const auto deadline = process->frozen ? std::nullopt : process->scheduler().next_deadline();
        if (deadline && (!next || *deadline < *next)) next = deadline;
      }
      if (!next || *next > end) break;
      clock_.advance(std::max(*next - clock_.now(), Duration::zero()));
    }
    clock_.advance(end - clock_.now());
  }
  /// Until it holds; fails after a minute.
  void advance_until(const std::function<bool()>& holds) {
    for (int i = 0; i < 60000; ++i) {
      if (holds()) return;
      advance(milliseconds{1});
    }
    ADD_FAILURE() << "it does not hold after a minute";
  }
  TimePoint now() const { return clock_.now(); }

  testing::MemoryNetwork hub;

 private:
  void run_ready() {
    for (bool any = true; any;) {
      any = false;
      for (const auto& process : processes_) any |= !process->frozen && process->scheduler().run_ready() > 0;
    }
  }

  ManualClock clock_;
  std::vector<std::unique_ptr<Process>> processes_;
};

/// Runs `flush` at the end of each turn, as long as it lives.
class FlushEachTurn {
 public:
  FlushEachTurn(Scheduler& scheduler, std::function<void()> flush) {
    scheduler.at_turn_end([flush = std::move(flush), alive = std::weak_ptr{alive_}] {
      if (!alive.expired()) flush();
    });
  }

 private:
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

/// A node that is served: it calls "server:1".
class Caller final : public OutgoingLinkEvents {
 public:
  Caller(LinkWorld& world, Process& process, const std::string& address = "caller:1", std::uint64_t seed = 7)
      : network_(world.hub.join(process.scheduler(), address)),
        random_(seed),
        link_(process.scheduler(), *network_, "server:1", address, random_, *this),
        flush_(process.scheduler(), [this] { link_.flush(); }) {}

  void call(const std::string& text) { link_.add(LinkMessage::CALL, text.size()).set_payload(text); }
  OutgoingLink& link() { return link_; }

  Texts heard;
  int unreachable = 0;
  int over = 0;
  std::function<void(const std::string&)> when_heard = [](const std::string&) {};
  std::function<void()> when_unreachable = [] {};
  std::function<void()> when_over = [] {};

 private:
  void on_message(const LinkMessage& message) override {
    heard.push_back(message.payload());
    when_heard(message.payload());
  }
  void on_unreachable() override {
    ++unreachable;
    when_unreachable();
  }
  void on_over() override {
    ++over;
    when_over();
  }

  const std::unique_ptr<Network> network_;
  std::mt19937_64 random_;
  OutgoingLink link_;
  FlushEachTurn flush_;
};

/// A node that serves: it answers each message with the same, unless told otherwise.
class Server final : public Service {
 public:
  Server(LinkWorld& world, Process& process)
      : network_(world.hub.join(process.scheduler(), "server:1")),
        acceptor_(process.scheduler(),
                  [this](IncomingLink& link) { return std::make_unique<Conversation>(*this, link); }),
        flush_(process.scheduler(), [this] { acceptor_.flush(); }) {
    network_->listen("server:1", *this);
  }

  LinkAcceptor& acceptor() { return acceptor_; }
  static void push(IncomingLink& link, const std::string& text) {
    link.add(LinkMessage::PUSH, text.size()).set_payload(text);
  }

  int begun = 0;
  IncomingLink* newest = nullptr;  // null once it is over
  Texts heard;
  Texts over;  // why
  std::function<void(IncomingLink&, const std::string&)> when_heard = push;
  std::function<void(IncomingLink&)> when_over = [](IncomingLink&) {};

 private:
  class Conversation final : public IncomingLinkEvents {
   public:
    Conversation(Server& server, IncomingLink& link) : server_(server), link_(link) {
      ++server.begun;
      server.newest = &link;
    }
    void on_message(const LinkMessage& message) override {
      EXPECT_FALSE(over_);
      server_.heard.push_back(message.payload());
      server_.when_heard(link_, message.payload());
    }
    void on_stream_lost() override {}
    void on_over(std::string_view why) override {
      EXPECT_FALSE(std::exchange(over_, true)) << "told twice";
      if (server_.newest == &link_) server_.newest = nullptr;
      server_.over.emplace_back(why);
      server_.when_over(link_);
    }

   private:
    Server& server_;
    IncomingLink& link_;
    bool over_ = false;
  };

  void on_call(std::string_view, std::string_view, CallReply reply) override {
    reply(NetworkError{NetworkErrc::unimplemented, ""});
  }
  StreamEvents* on_stream(std::string_view, std::unique_ptr<Stream> stream) override {
    return acceptor_.accept(std::move(stream));
  }

  const std::unique_ptr<Network> network_;
  LinkAcceptor acceptor_;
  FlushEachTurn flush_;
};

/// One end of a stream in the hands of the test.
class RawStream final : public StreamEvents {
 public:
  void send(const LinkBatch& batch) { stream->send(batch.SerializeAsString()); }
  void hello(const std::string& address, std::uint64_t conversation, std::uint64_t received = 0,
             bool welcomed = false) {
    LinkBatch batch;
    batch.mutable_hello()->set_address(address);
    batch.mutable_hello()->set_conversation(conversation);
    batch.mutable_hello()->set_received(received);
    batch.mutable_hello()->set_welcomed(welcomed);
    batch.mutable_hello()->set_takes_pieces(takes_pieces);
    send(batch);
  }
  void welcome(std::uint64_t received = 0) {
    LinkBatch batch;
    batch.mutable_welcome()->set_received(received);
    batch.mutable_welcome()->set_takes_pieces(takes_pieces);
    send(batch);
  }
  void text(std::uint64_t sequence, const std::string& payload) {
    LinkBatch batch;
    batch.set_sequence(sequence);
    LinkMessage& message = *batch.add_messages();
    message.set_kind(LinkMessage::CALL);
    message.set_payload(payload);
    send(batch);
  }
  void acknowledge(std::uint64_t sequence) {
    LinkBatch batch;
    batch.set_acknowledged(sequence);
    send(batch);
  }
  void close() {
    stream->close();
    closed = true;
  }
  std::uint64_t last_sequence() const {
    std::uint64_t last = 0;
    for (const LinkBatch& batch : heard) last = std::max(last, batch.sequence());
    return last;
  }

  std::unique_ptr<Stream> stream;
  bool takes_pieces = true;  // false: as nodes that do not know them
  std::vector<LinkBatch> heard;
  std::size_t heard_bytes = 0;
  bool closed = false;

 private:
  void on_message(std::string_view bytes) override {
    EXPECT_FALSE(closed);
    heard_bytes += bytes.size();
    EXPECT_TRUE(heard.emplace_back().ParseFromArray(bytes.data(), static_cast<int>(bytes.size())));
  }
  void on_closed(const NetworkError&) override { closed = true; }
};

/// Opens streams at "server:1" and says on them what the test wants.
class RawCaller {
 public:
  RawCaller(LinkWorld& world, Process& process, const std::string& name = "raw:1")
      : network_(world.hub.join(process.scheduler(), name)), channel_(network_->connect("server:1")) {}

  RawStream& open() {
    RawStream& raw = *streams_.emplace_back(std::make_unique<RawStream>());
    raw.stream = channel_->open_stream(link_method, raw);
    return raw;
  }

 private:
  const std::unique_ptr<Network> network_;
  const std::unique_ptr<Channel> channel_;
  std::vector<std::unique_ptr<RawStream>> streams_;
};

/// Takes the streams opened at "server:1", and says on them what the test wants.
class RawServer final : public Service {
 public:
  RawServer(LinkWorld& world, Process& process) : network_(world.hub.join(process.scheduler(), "server:1")) {
    network_->listen("server:1", *this);
  }

  ~RawServer() override { streams.clear(); }  // before the network

  std::vector<std::unique_ptr<RawStream>> streams;

 private:
  void on_call(std::string_view, std::string_view, CallReply reply) override {
    reply(NetworkError{NetworkErrc::unimplemented, ""});
  }
  StreamEvents* on_stream(std::string_view, std::unique_ptr<Stream> stream) override {
    RawStream& raw = *streams.emplace_back(std::make_unique<RawStream>());
    raw.stream = std::move(stream);
    return &raw;
  }

  const std::unique_ptr<Network> network_;
};

}  // namespace nano::cluster
