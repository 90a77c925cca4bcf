// Package goclient drives the server with Go Nano's own client, the connector that its benchmark uses.
package goclient

import (
	"bytes"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/golang/protobuf/proto"
	"github.com/lonng/nano"
	"github.com/lonng/nano/benchmark/io"
)

const (
	addressVariable = "NANO_CONFORMANCE_TCP"
	kickedVariable  = "NANO_CONFORMANCE_KICKED"
	waitLimit       = 20 * time.Second
)

// ping is the message that the server's Proto routes take and give.
type ping struct {
	Content  string `protobuf:"bytes,1,opt,name=content,proto3"`
	Sequence int64  `protobuf:"varint,2,opt,name=sequence,proto3"`
}

func (p *ping) Reset()         { *p = ping{} }
func (p *ping) String() string { return proto.CompactTextString(p) }
func (*ping) ProtoMessage()    {}

// rawJSON goes out as it is, for the server's routes that take JSON: the connector sends nothing but
// messages.
type rawJSON string

func (rawJSON) Reset()                     {}
func (r rawJSON) String() string           { return string(r) }
func (rawJSON) ProtoMessage()              {}
func (r rawJSON) Marshal() ([]byte, error) { return []byte(r), nil }

func TestMain(m *testing.M) {
	// The connector never looks at the dictionary of the handshake: it is to be known beforehand, once per
	// process.
	nano.WithDictionary(map[string]uint16{"Test.Echo": 1, "Test.Poke": 2, "onPoke": 3})(nil)
	os.Exit(m.Run())
}

// connect returns a connector after its handshake. It is never closed: of version 0.5.0, that would end the
// process.
func connect(t *testing.T) *io.Connector {
	t.Helper()
	address := os.Getenv(addressVariable)
	if address == "" {
		t.Skipf("%s does not name a server as host:port", addressVariable)
	}
	connected := make(chan []byte, 1)
	connector := io.NewConnector()
	connector.OnConnected(func() { connected <- nil })
	if err := connector.Start(address); err != nil {
		t.Fatal(err)
	}
	receive(t, connected, "the handshake")
	return connector
}

// deliver makes a callback out of a channel. The bytes are copied: the connector uses their buffer again.
func deliver(to chan<- []byte) io.Callback {
	return func(data interface{}) { to <- append([]byte{}, data.([]byte)...) }
}

func receive(t *testing.T, from <-chan []byte, what string) []byte {
	t.Helper()
	select {
	case data := <-from:
		return data
	case <-time.After(waitLimit):
		t.Fatalf("%s did not come", what)
		return nil
	}
}

func request(t *testing.T, connector *io.Connector, route string, message proto.Message) []byte {
	t.Helper()
	answer := make(chan []byte, 1)
	if err := connector.Request(route, message, deliver(answer)); err != nil {
		t.Fatal(err)
	}
	return receive(t, answer, "the response to "+route)
}

func decodePing(t *testing.T, data []byte) *ping {
	t.Helper()
	decoded := &ping{}
	if err := proto.Unmarshal(data, decoded); err != nil {
		t.Fatal(err)
	}
	return decoded
}

func TestTheHandshakeIsDone(t *testing.T) {
	connect(t)
}

func TestARequestIsAnsweredWithTheSamePing(t *testing.T) {
	connector := connect(t)
	for _, sent := range []*ping{
		{Content: "Grüße 玩家", Sequence: 1},
		{Content: strings.Repeat("x", 60000), Sequence: 1<<63 - 1},
		{Sequence: -1},
	} {
		if answer := decodePing(t, request(t, connector, "Proto.Echo", sent)); *answer != *sent {
			t.Errorf("sent %.80v, got %.80v", sent, answer)
		}
	}
}

func TestManyRequestsInFlightAreEachAnsweredWithTheirOwnPing(t *testing.T) {
	connector := connect(t)
	const count = 300
	answers := make([]chan []byte, count)
	for n := range answers {
		answers[n] = make(chan []byte, 1)
		if err := connector.Request("Proto.Echo", &ping{Sequence: int64(n + 1)}, deliver(answers[n])); err != nil {
			t.Fatal(err)
		}
	}
	for n := range answers {
		if answer := decodePing(t, receive(t, answers[n], "a response")); answer.Sequence != int64(n+1) {
			t.Errorf("request %d got the answer to %d", n+1, answer.Sequence)
		}
	}
}

func TestNotifiesLeadToPushesInTheSameOrder(t *testing.T) {
	connector := connect(t)
	const count = 100
	pushes := make(chan []byte, count)
	connector.On("onProto", deliver(pushes))
	for n := int64(1); n <= count; n++ {
		if err := connector.Notify("Proto.Poke", &ping{Content: "poke", Sequence: n}); err != nil {
			t.Fatal(err)
		}
	}
	for n := int64(1); n <= count; n++ {
		if push := decodePing(t, receive(t, pushes, "a push")); push.Sequence != n || push.Content != "poke" {
			t.Fatalf("push %d is %v", n, push)
		}
	}
}

func TestCompressedRoutesAreUnderstoodBothWays(t *testing.T) {
	connector := connect(t)
	const text = `{"text":"short"}`
	if answer := request(t, connector, "Test.Echo", rawJSON(text)); string(answer) != text {
		t.Errorf("sent %s, got %s", text, answer)
	}
	pushes := make(chan []byte, 1)
	connector.On("onPoke", deliver(pushes))
	if err := connector.Notify("Test.Poke", rawJSON(text)); err != nil {
		t.Fatal(err)
	}
	if push := receive(t, pushes, "the push"); string(push) != text {
		t.Errorf("sent %s, got %s", text, push)
	}
}

func TestARequestThatFailsIsAnswered(t *testing.T) {
	connector := connect(t)
	if answer := request(t, connector, "Test.Fail", rawJSON(`{}`)); !bytes.Contains(answer, []byte("teapot")) {
		t.Errorf("got %s", answer)
	}
}

// Version 0.5.0 closes the connector when a kick comes, and once more when the connection ends, which panics.
// So a process of its own is kicked, and that panic is the sign that it understood.
func TestAKickIsUnderstood(t *testing.T) {
	if os.Getenv(kickedVariable) != "" {
		connector := connect(t)
		// The process may end before the answer is seen.
		request(t, connector, "Test.Kick", rawJSON(`{"reason":"enough"}`))
		select {}
	}
	if os.Getenv(addressVariable) == "" {
		t.Skipf("%s does not name a server as host:port", addressVariable)
	}
	kicked := exec.Command(os.Args[0], "-test.run=^TestAKickIsUnderstood$", "-test.timeout="+waitLimit.String())
	kicked.Env = append(os.Environ(), kickedVariable+"=1")
	output, err := kicked.CombinedOutput()
	if err == nil || !bytes.Contains(output, []byte("close of closed channel")) {
		t.Errorf("the kicked process ended with %v and said:\n%s", err, output)
	}
}
