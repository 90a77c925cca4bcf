// The parts without gRPC's threads: the test says when reads and writes are over.
#include "cluster/network/grpc_stream.h"

#include <stdexcept>

#include <gtest/gtest.h>

#include "cluster/network/grpc_bytes.h"

namespace nano::cluster {
namespace {

class FakeCall final : public GrpcStreamCall {
 public:
  using GrpcStreamCall::GrpcStreamCall;

  /// As gRPC would; there must be a read under way.
  void arrive(std::string message) {
    ASSERT_TRUE(reading);
    grpc::ByteBuffer buffer = to_buffer(std::move(message));
    std::exchange(reading, nullptr)->Swap(&buffer);
    read(true);
  }
  void wrote(bool ok) {
    writing = nullptr;
    written(ok);
  }
  void begin() { read_first(); }
  void abort() override { end(grpc::Status::CANCELLED); }

  grpc::ByteBuffer* reading = nullptr;
  const grpc::ByteBuffer* writing = nullptr;
  std::string starts;  ///< the writes: m when more follow, l for the last
  int finishes = 0;

 private:
  void start_read(grpc::ByteBuffer* into) override { reading = into; }
  void start_write(const grpc::ByteBuffer* message, bool more_follows) override {
    EXPECT_FALSE(writing) << "two writes at a time";
    writing = message;
    starts += more_follows ? 'm' : 'l';
  }
  void finish(const std::optional<grpc::Status>&, bool) override {
    ++finishes;
    handover().end(*this);
  }
  void read_last() override { end(std::nullopt); }
  NetworkError why_ended() const override { return {NetworkErrc::unreachable, "over"}; }
};

class Listener final : public StreamEvents {
 public:
  void on_message(std::string_view message) override {
    ++messages;
    if (message == "bad") throw std::runtime_error("bad message");
  }
  void on_closed(const NetworkError&) override { ++closes; }
  int messages = 0;
  int closes = 0;
};

class GrpcStreamParts : public ::testing::Test {
 protected:
  GrpcStreamParts() {
    EXPECT_TRUE(handover_->add(call_));
    call_->set_events(&events_);
    call_->begin();
  }
  ~GrpcStreamParts() override { handover_->close(); }

  Log log_{LogLevel::off};
  ManualClock clock_;
  ManualDriver driver_;
  InlineWorkers workers_;
  Scheduler scheduler_{clock_, driver_, workers_, log_};
  const std::shared_ptr<GrpcHandover> handover_ = std::make_shared<GrpcHandover>(scheduler_);
  const std::shared_ptr<FakeCall> call_ = std::make_shared<FakeCall>(handover_);
  Listener events_;
};

TEST_F(GrpcStreamParts, ReadingRestsWhileTheLogicThreadDoesNotFollow) {
  int arrived = 0;
  while (call_->reading && arrived < 100) {
    call_->arrive(std::string(1'000'000, 'x'));
    ++arrived;
  }
  EXPECT_EQ(arrived, 5) << "just over 4 MiB";
  scheduler_.run_ready();
  EXPECT_EQ(events_.messages, arrived);
  EXPECT_TRUE(call_->reading) << "goes on";
}

TEST_F(GrpcStreamParts, EmptyMessagesAreBoundedToo) {
  int arrived = 0;
  while (call_->reading && arrived < 1'000'000) {
    call_->arrive("");
    ++arrived;
  }
  EXPECT_LT(arrived, 100'000);
}

TEST_F(GrpcStreamParts, ABurstIsHandedOverByOneTask) {
  for (int i = 0; i < 100; ++i) call_->arrive("m");
  EXPECT_EQ(scheduler_.run_ready(), 1U);
  EXPECT_EQ(events_.messages, 100);
}

TEST_F(GrpcStreamParts, WhatComesAfterAMessageThatThrowsIsTold) {
  call_->arrive("good");
  call_->arrive("bad");
  call_->arrive("good");
  scheduler_.run_ready();
  EXPECT_EQ(events_.messages, 3);
}

TEST_F(GrpcStreamParts, OneMessageIsWrittenAtATimeAndTheLastOneIsFlushed) {
  for (int i = 0; i < 3; ++i) call_->send("m");
  EXPECT_EQ(call_->starts, "l");
  call_->wrote(true);
  call_->wrote(true);
  EXPECT_EQ(call_->starts, "lml");
  call_->wrote(true);
  call_->send("m");
  EXPECT_EQ(call_->starts, "lmll");
}

TEST_F(GrpcStreamParts, NothingIsWrittenAfterAWriteThatFailed) {
  call_->send("m");
  call_->send("m");
  call_->wrote(false);
  call_->send("m");
  EXPECT_EQ(call_->starts, "l");
}

TEST_F(GrpcStreamParts, NothingIsToldAfterLeaving) {
  call_->arrive("m");
  call_->leave();
  call_->leave();
  scheduler_.run_ready();
  EXPECT_EQ(call_->finishes, 1);
  EXPECT_EQ(events_.messages, 0);
  EXPECT_EQ(events_.closes, 0);
}

TEST_F(GrpcStreamParts, TheEndIsToldOnceAfterAllMessages) {
  call_->arrive("m");
  call_->abort();
  call_->abort();
  scheduler_.run_ready();
  EXPECT_EQ(events_.messages, 1);
  EXPECT_EQ(events_.closes, 1);
  EXPECT_EQ(call_->finishes, 1);
}

}  // namespace
}  // namespace nano::cluster
