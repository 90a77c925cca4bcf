// The send queue of a socket: frames in, one gather write out.

#include <array>
#include <cstdint>
#include <span>

#include "benchmark/micro/measure.h"
#include "nano/base/limits.h"
#include "nano/net/send_queue.h"

namespace nano::benchmark {
namespace {

constexpr std::size_t packet_bytes = 80;

/// Queue `frames` frames, gather them, and remove them as the socket does when all were written.
void measure_queue(State& state, bool websocket) {
  const auto frames = static_cast<std::size_t>(state.range(0));
  const Frame frame = Frame::allocate(packet_bytes);
  const std::size_t frame_bytes = websocket ? frame.websocket().size() : frame.packet().size();
  std::array<iovec, limits::gather_buffers> buffers;
  SendQueue queue;
  std::uint64_t gathered = 0;
  std::uint64_t cost = 0;
  for (auto _ : state) {
    for (std::size_t i = 0; i < frames; ++i)
      queue.push(frame, websocket ? FrameForm::websocket : FrameForm::packet);
    const std::size_t count = queue.gather(std::span{buffers});
    DoNotOptimize(buffers.data());
    for (std::size_t i = 0; i < count; ++i) gathered += buffers[i].iov_len;
    cost += queue.consume(frames * frame_bytes);
  }
  count_work(state, frames, frames * frame_bytes);
  const std::uint64_t all = iterations(state) * frames;
  expect(state, queue.empty() && gathered == all * frame_bytes && cost == all * frame.queue_cost(),
         "not all frames went through the queue");
}

void send_queue_tcp(State& state) { measure_queue(state, false); }
void send_queue_websocket(State& state) { measure_queue(state, true); }
BENCHMARK(send_queue_tcp)->ArgName("frames")->Arg(1)->Arg(8)->Arg(16)->Arg(256);
BENCHMARK(send_queue_websocket)->ArgName("frames")->Arg(1)->Arg(16);

/// A frame made and dropped: the allocation that each response costs.
void make_frame(State& state) {
  const auto bytes = static_cast<std::size_t>(state.range(0));
  std::size_t made = 0;
  for (auto _ : state) {
    const Frame frame = Frame::allocate(bytes);
    made = frame.packet().size();
    DoNotOptimize(made);
  }
  count_work(state, 1, bytes);
  expect(state, made == bytes, "the frame has another size");
}
BENCHMARK(make_frame)->ArgName("bytes")->Arg(80)->Arg(4096);

}  // namespace
}  // namespace nano::benchmark
