#include "nano/http/file_reader.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <future>
#include <string>
#include <unistd.h>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

namespace nano {
namespace {

class FileReaderTest : public ::testing::Test {
 protected:
  FileReaderTest() {
    std::string pattern = (std::filesystem::temp_directory_path() / "nano-reader-XXXXXX").string();
    ::close(::mkstemp(pattern.data()));
    path_ = pattern;
    std::ofstream{path_} << "0123456789";
    std::error_code error;
    file_ = OpenFile::open(path_, error);
    EXPECT_TRUE(file_) << error.message();
  }
  ~FileReaderTest() override { std::filesystem::remove(path_); }

  std::future<FileReader::Piece> read(std::uint64_t offset, std::uint64_t bytes) {
    auto promise = std::make_shared<std::promise<FileReader::Piece>>();
    reader_.read({file_, offset, bytes},
                 [promise](FileReader::Piece piece) { promise->set_value(std::move(piece)); });
    return promise->get_future();
  }

  std::string path_;
  std::shared_ptr<const OpenFile> file_;
  FileReader reader_;
};

TEST_F(FileReaderTest, ReadsARange) { EXPECT_EQ(*read(3, 4).get(), "3456"); }

TEST_F(FileReaderTest, GivesAllOfARangeOrNothing) {
  EXPECT_FALSE(read(8, 4).get());
  std::filesystem::resize_file(path_, 5);
  EXPECT_FALSE(read(3, 4).get()) << "the file was cut after it was opened";
  EXPECT_EQ(*read(3, 2).get(), "34");
}

TEST_F(FileReaderTest, ReadsNoMoreThanMayBeHeldUntilPiecesGo) {
  std::vector<FileReader::Piece> held;
  for (std::size_t i = 0; i < limits::file_pieces_held; ++i) held.push_back(read(0, 1).get());
  auto waiting = read(9, 1);
  auto behind_it = read(8, 1);
  EXPECT_NE(waiting.wait_for(std::chrono::seconds{0}), std::future_status::ready);
  held.pop_back();
  held.back() = waiting.get();
  EXPECT_EQ(*held.back(), "9");
  EXPECT_EQ(*behind_it.get(), "8");
}

TEST_F(FileReaderTest, PiecesOutliveIt) {
  FileReader::Piece piece;
  {
    FileReader reader;
    std::promise<FileReader::Piece> promise;
    reader.read({file_, 0, 2}, [&promise](FileReader::Piece read) { promise.set_value(std::move(read)); });
    piece = promise.get_future().get();
  }
  EXPECT_EQ(*piece, "01");
}

}  // namespace
}  // namespace nano
