#include "nano/http/file_reader.h"

#include <deque>
#include <exception>
#include <mutex>
#include <utility>

namespace nano {

/// Counts the pieces that are being read or used, and keeps the reads that wait for one of them to go.
class FileReader::Held : public std::enable_shared_from_this<Held> {
 public:
  explicit Held(ThreadPool& threads) : threads_(&threads) {}

  void read(FileRange range, Function<void(Piece)> done) {
    Read read{std::move(range), std::move(done)};
    {
      const std::lock_guard lock{mutex_};
      if (!threads_) return;
      if (pieces_ == limits::file_pieces_held) return waiting_.push_back(std::move(read));
      ++pieces_;
      begin(std::move(read));
    }
  }

  /// Nothing is read from here on.
  void close() {
    std::deque<Read> dropped;
    const std::lock_guard lock{mutex_};
    threads_ = nullptr;
    dropped.swap(waiting_);
  }

 private:
  struct Read {
    FileRange range;
    Function<void(Piece)> done;
  };

  /// Ends the place of a piece with the piece.
  class Place {
   public:
    explicit Place(std::shared_ptr<Held> held) : held_(std::move(held)) {}
    Place(Place&&) noexcept = default;
    Place& operator=(Place&&) = delete;
    ~Place() {
      if (held_) held_->end_one();
    }

   private:
    std::shared_ptr<Held> held_;
  };

  /// Under the lock, so that the threads are still there; none is refused, since there are as many places for
  /// jobs as for pieces.
  void begin(Read read) {
    (void)threads_->submit([place = Place{shared_from_this()}, read = std::move(read)]() mutable {
      Piece bytes;
      try {
        bytes = read.range.file->read(read.range.offset, static_cast<std::size_t>(read.range.bytes));
      } catch (const std::exception&) {  // out of memory
      }
      if (!bytes) return read.done(nullptr);
      struct Holder {
        Piece bytes;
        Place place;
      };
      const auto holder = std::make_shared<Holder>(Holder{std::move(bytes), std::move(place)});
      read.done(Piece{holder, holder->bytes.get()});
    });
  }

  void end_one() {
    const std::lock_guard lock{mutex_};
    if (!threads_ || waiting_.empty()) {
      --pieces_;
      return;
    }
    Read next = std::move(waiting_.front());
    waiting_.pop_front();
    begin(std::move(next));
  }

  std::mutex mutex_;
  ThreadPool* threads_;  // null: closed
  std::size_t pieces_ = 0;
  std::deque<Read> waiting_;
};

FileReader::FileReader()
    : openers_(limits::file_threads),
      readers_(limits::file_threads, limits::file_pieces_held),
      held_(std::make_shared<Held>(readers_)) {}

FileReader::~FileReader() { held_->close(); }

void FileReader::read(FileRange range, Function<void(Piece)> done) {
  held_->read(std::move(range), std::move(done));
}

}  // namespace nano
