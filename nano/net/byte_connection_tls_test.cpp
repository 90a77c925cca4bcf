#include <memory>
#include <span>
#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include "nano/net/connected_for_tests.h"
#include "nano/net/tls_certificate_for_tests.h"

namespace nano {
namespace {

using Phase = ByteConnection::Phase;

class ByteConnectionTls : public ::testing::Test {
 protected:
  static ConnectionOptions options(const TestCertificate& certificate) {
    ConnectionOptions made;
    made.tls = std::make_shared<const TlsContext>(TlsContext::server(
        {.certificate_chain = certificate.certificate_file, .private_key = certificate.key_file}));
    return made;
  }

  /// Carries ciphertext both ways until neither end has more.
  void exchange() {
    for (int i = 0; i < 10; ++i) {
      c->receive(client.take_output());
      c->dirty = true;
      c->flush();
      take(c->take_output());
    }
  }
  void take(std::string ciphertext) {
    const std::span bytes{reinterpret_cast<const std::uint8_t*>(ciphertext.data()), ciphertext.size()};
    client_status = client.decrypt(
        bytes, [this](std::span<std::uint8_t> text) { client_heard.append(text.begin(), text.end()); });
  }
  void shake_hands() {
    client.start();
    exchange();
    ASSERT_EQ(c.notes.told, "O");
  }
  void client_sends(std::string_view text) {
    client.encrypt({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
  }

  const TestCertificate certificate;
  Connected c{options(certificate)};
  const TlsContext client_context = TlsContext::client();
  TlsStream client{client_context};
  TlsStream::Status client_status = TlsStream::Status::ok;
  std::string client_heard;
};

TEST_F(ByteConnectionTls, OpensAfterTheHandshake) {
  EXPECT_EQ(c.notes.told, "");
  EXPECT_EQ(c->deadline, limits::handshake_timeout);
  shake_hands();
  client_sends("hello");
  c->send(std::string{"welcome"});
  exchange();
  EXPECT_EQ(c.notes.bytes, "hello");
  EXPECT_EQ(client_heard, "welcome");
}

TEST_F(ByteConnectionTls, SaysThatItSendsNoMoreBeforeItEndsTheStream) {
  shake_hands();
  c->send(std::string{"bye"});
  c->close();
  exchange();
  EXPECT_EQ(client_heard, "bye");
  EXPECT_EQ(client_status, TlsStream::Status::closed);
  EXPECT_EQ(c->phase(), Phase::lingering);
  EXPECT_EQ(c->output_ends, 1);
}

TEST_F(ByteConnectionTls, AClientsCloseNotifyIsItsEndOfTheStream) {
  shake_hands();
  client.shutdown();
  exchange();
  EXPECT_EQ(c.notes.told, "OE");
  EXPECT_EQ(c->phase(), Phase::open) << "it may still read";
  c->send(std::string{"answer"});
  exchange();
  EXPECT_EQ(client_heard, "answer");
}

TEST_F(ByteConnectionTls, ARequestInPlainIsAnsweredInPlain) {
  c.notes.answer_in_plain = "take https";
  c->receive("GET / HTTP/1.1\r\n\r\n");
  c->flush();
  EXPECT_EQ(c->output, "take https");
  EXPECT_EQ(c->phase(), Phase::lingering);
  EXPECT_EQ(c.notes.told, "");
}

TEST_F(ByteConnectionTls, WhatIsNoTlsIsAnsweredByAnAlertAndTheEnd) {
  c->receive(std::string{"\x16\x03\x01\x00\x04nope", 9});
  c->flush();
  EXPECT_FALSE(c->output.empty()) << "an alert";
  EXPECT_EQ(c->phase(), Phase::lingering);
  EXPECT_EQ(c.notes.told, "") << "it has never been open";
  ASSERT_EQ(c->lines.size(), 1u);
}

TEST_F(ByteConnectionTls, ABrokenRecordIsMalformedOnce) {
  shake_hands();
  for (int i = 0; i < 2; ++i) c->receive(std::string(100, '\x17'));
  EXPECT_EQ(c.notes.told, "OM");
  c->close();
  c->flush();
  EXPECT_EQ(c->phase(), Phase::lingering);
}

TEST_F(ByteConnectionTls, AnEndAmidTheHandshakeIsTheEnd) {
  client.start();
  c->receive(client.take_output());
  c->on_end_of_stream();
  EXPECT_EQ(c->phase(), Phase::closed);
  EXPECT_EQ(c.notes.told, "C");
}

TEST_F(ByteConnectionTls, AHandshakeThatIsNotDoneInTimeIsGivenUp) {
  c->pass_deadline();
  EXPECT_EQ(c->phase(), Phase::closed);
  EXPECT_EQ(c->lines.at(0), "TLS failed: the handshake was not done in time");
}

TEST_F(ByteConnectionTls, ResetsAClientThatHungUpBeforeOurHello) {
  c->on_hung_up(false);
  EXPECT_EQ(c->phase(), Phase::closed);
}

TEST_F(ByteConnectionTls, AClientMayHaveClosedItsEndBehindTheEndOfItsHandshake) {
  client.start();
  c->receive(client.take_output());
  c->flush();
  take(c->take_output());
  client_sends("all I have to say");
  client.shutdown();
  c->on_hung_up(false);
  EXPECT_EQ(c->phase(), Phase::handshaking);
  exchange();
  EXPECT_EQ(c.notes.told, "OE");
  EXPECT_EQ(c.notes.bytes, "all I have to say");
}

}  // namespace
}  // namespace nano
