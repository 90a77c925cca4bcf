package main

import (
	"fmt"

	"github.com/lonng/nano"
	"github.com/lonng/nano/component"
	"github.com/lonng/nano/session"
)

// Ping is the message Ping of benchmark/server/bench.proto. The protobuf library of Go Nano's time reads the
// fields from these tags, so no code has to be generated.
type Ping struct {
	Content  string `protobuf:"bytes,1,opt,name=content,proto3"`
	Sequence int64  `protobuf:"varint,2,opt,name=sequence,proto3"`
}

func (p *Ping) Reset()         { *p = Ping{} }
func (p *Ping) String() string { return fmt.Sprintf("%s %d", p.Content, p.Sequence) }
func (*Ping) ProtoMessage()    {}

// Bench has the handlers. Go Nano calls them all on one goroutine.
type Bench struct {
	component.Base
	room    *nano.Group
	started func()
}

func newBench(started func()) *Bench { return &Bench{room: nano.NewGroup("room"), started: started} }

func (b *Bench) AfterInit() {
	session.Lifetime.OnClosed(func(closed *session.Session) { b.room.Leave(closed) })
	go b.started()
}

// Echo answers a request with what it brought, and a notify with a push of it.
func (b *Bench) Echo(s *session.Session, payload *Raw) error {
	if s.LastMid() == 0 {
		return s.Push("onEcho", payload.bytes)
	}
	return s.Response(payload.bytes)
}

// Ping is the notify of Go Nano's own benchmark.
func (b *Bench) Ping(s *session.Session, ping *Ping) error { return s.Push("pong", ping) }

// PingPong is the same as a request.
func (b *Bench) PingPong(s *session.Session, ping *Ping) error { return s.Response(ping) }

// Json answers what it is sent.
func (b *Bench) Json(s *session.Session, position *Position) error { return s.Response(position) }

// Join enters the room.
func (b *Bench) Join(s *session.Session, _ *Raw) error {
	if err := b.room.Add(s); err != nil {
		return err
	}
	return s.Response([]byte{})
}

// Say sends the payload to all who are in the room.
func (b *Bench) Say(_ *session.Session, payload *Raw) error {
	return b.room.Broadcast("onSay", payload.bytes)
}
