// Fuzzer. Any batches, and bytes that are none, on some streams to an acceptor, over time: each conversation
// hears what is in order once, and is told once to be over; in the end nothing is left.
#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "cluster/link/link_acceptor.h"
#include "nano/base/clock.h"
#include "nano/base/log.h"
#include "nano/base/worker_pool.h"
#include "nano/scheduler/driver.h"
#include "nano/scheduler/scheduler.h"
#include "protocol/assert.h"

namespace nano::cluster {
namespace {

class Input {
 public:
  Input(const std::uint8_t* data, std::size_t size) : data_(data), end_(data + size) {}
  bool empty() const { return data_ == end_; }
  std::uint8_t byte() { return empty() ? std::uint8_t{0} : *data_++; }
  std::string bytes(std::size_t count) {
    const std::size_t taken = std::min(count, static_cast<std::size_t>(end_ - data_));
    return {reinterpret_cast<const char*>(std::exchange(data_, data_ + taken)), taken};
  }

 private:
  const std::uint8_t* data_;
  const std::uint8_t* const end_;
};

/// The acceptor's end of a stream. The other end stays with the fuzzer.
struct Pipe {
  StreamEvents* events = nullptr;
  bool closed = false;
};

class FuzzedStream final : public Stream {
 public:
  FuzzedStream(std::shared_ptr<Pipe> pipe, int& alive) : pipe_(std::move(pipe)), alive_(alive) { ++alive_; }
  ~FuzzedStream() override {
    pipe_->closed = true;
    --alive_;
  }
  void send(std::string message) override {
    LinkBatch batch;
    const bool parsed = batch.ParseFromArray(message.data(), static_cast<int>(message.size()));
    NANO_ASSERT(parsed, "what is sent can be read");
  }
  void close() override { pipe_->closed = true; }

 private:
  const std::shared_ptr<Pipe> pipe_;
  int& alive_;
};

class Conversation final : public IncomingLinkEvents {
 public:
  Conversation(IncomingLink& link, int& open) : link_(link), open_(open) { ++open_; }
  ~Conversation() override { NANO_ASSERT(over_, "nobody is destroyed before the end"); }

  void on_message(const LinkMessage& message) override {
    NANO_ASSERT(!over_, "over is the last");
    NANO_ASSERT(message.kind() != LinkMessage::GOODBYE, "links keep goodbyes to themselves");
    if (message.kind() == LinkMessage::CALL) {  // says its number, as the fuzzer's batches do
      NANO_ASSERT(message.id() == ++heard_, "in order, and none twice");
    }
    if (message.kind() == LinkMessage::PUSH_TO_USER) link_.close();
    link_.add(LinkMessage::ANSWER, 1).set_id(message.id());
  }
  void on_stream_lost() override {}
  void on_over(std::string_view) override {
    NANO_ASSERT(!std::exchange(over_, true), "told once");
    --open_;
    link_.add(LinkMessage::ANSWER, 1);
  }

 private:
  IncomingLink& link_;
  int& open_;
  std::uint64_t heard_ = 0;
  bool over_ = false;
};

class Fuzzed {
 public:
  void step(Input& input) {
    const std::uint8_t what = input.byte();
    Pipe& pipe = *pipes_[what / 8 % pipes_.size()];
    switch (what % 8) {
      case 0: return open(what / 8);
      case 1: return tell(pipe, bytes_without_messages(input));
      case 2: return tell(pipe, hello(input).SerializeAsString());
      case 3: return tell(pipe, batch(input).SerializeAsString());
      case 4: return advance(std::chrono::milliseconds{100 * input.byte()});
      case 5: return pipe.events && !pipe.closed ? close(pipe) : void();
      case 6: return acceptor_.end(address(input), "fuzzed");
      case 7: return acceptor_.flush();
    }
  }
  void finish() {
    for (const auto& pipe : pipes_) {
      if (pipe->events && !pipe->closed) close(*pipe);
    }
    advance(std::chrono::seconds{60});
    acceptor_.flush();
    advance(std::chrono::seconds{1});
    NANO_ASSERT(open_ == 0, "every conversation ends");
    NANO_ASSERT(streams_alive_ == 0, "no stream is kept");
  }

 private:
  void open(std::size_t which) {
    std::shared_ptr<Pipe>& pipe = pipes_[which % pipes_.size()];
    if (pipe->events && !pipe->closed) close(*pipe);
    pipe = std::make_shared<Pipe>();
    pipe->events = acceptor_.accept(std::make_unique<FuzzedStream>(pipe, streams_alive_));
  }
  void tell(Pipe& pipe, const std::string& bytes) {
    if (pipe.events && !pipe.closed) pipe.events->on_message(bytes);
  }
  static void close(Pipe& pipe) {
    pipe.closed = true;
    pipe.events->on_closed(NetworkError{NetworkErrc::unreachable, "fuzzed"});
  }

  /// Messages come from batch() only, whose numbers are checked.
  static std::string bytes_without_messages(Input& input) {
    const std::string bytes = input.bytes(input.byte() % 32);
    LinkBatch parsed;
    const bool is_batch = parsed.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()));
    return is_batch && (parsed.messages_size() > 0 || parsed.sequence() != 0) ? std::string{} : bytes;
  }
  static std::string address(Input& input) { return std::string(input.byte() % 3, 'a'); }
  static LinkBatch hello(Input& input) {
    LinkBatch batch;
    batch.mutable_hello()->set_address(address(input));
    const std::uint8_t more = input.byte();
    batch.mutable_hello()->set_conversation(more % 2);
    batch.mutable_hello()->set_received(more / 2 % 8);
    batch.mutable_hello()->set_welcomed(more / 16 % 2 != 0);
    return batch;
  }
  /// A batch's message has its number, as those have that are sent again.
  static LinkBatch batch(Input& input) {
    LinkBatch batch;
    batch.set_sequence(input.byte() % 16);
    batch.set_acknowledged(input.byte() % 16);
    if (batch.sequence() == 0) return batch;
    LinkMessage& call = *batch.add_messages();
    call.set_kind(LinkMessage::CALL);
    call.set_id(batch.sequence());
    const int kind = input.byte() % 32;
    if (kind >= 16 || kind == LinkMessage::CALL) return batch;
    batch.add_messages()->set_kind(static_cast<LinkMessage::Kind>(kind));
    return batch;
  }

  void advance(Duration duration) {
    const TimePoint end = clock_.now() + duration;
    for (;;) {
      scheduler_.run_ready();
      acceptor_.flush();
      const std::optional<TimePoint> next = scheduler_.next_deadline();
      if (!next || *next > end) break;
      clock_.advance(std::max(*next - clock_.now(), Duration::zero()));
    }
    clock_.advance(end - clock_.now());
  }

  ManualClock clock_;
  ManualDriver driver_;
  InlineWorkers workers_;
  Scheduler scheduler_{clock_, driver_, workers_, Log{LogLevel::off}};
  int streams_alive_ = 0;
  int open_ = 0;
  std::vector<std::shared_ptr<Pipe>> pipes_{std::make_shared<Pipe>(), std::make_shared<Pipe>(),
                                            std::make_shared<Pipe>(), std::make_shared<Pipe>()};
  LinkAcceptor acceptor_{scheduler_,
                         [this](IncomingLink& link) { return std::make_unique<Conversation>(link, open_); }};
};

}  // namespace
}  // namespace nano::cluster

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  nano::cluster::Input input{data, size};
  nano::cluster::Fuzzed fuzzed;
  while (!input.empty()) fuzzed.step(input);
  fuzzed.finish();
  return 0;
}
