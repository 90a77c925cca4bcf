package main

import (
	"sync"
	"time"

	"github.com/lonng/nano/component"
	"github.com/lonng/nano/session"
)

type (
	// Number is what Seq and Slow take.
	Number struct {
		N int `json:"n"`
	}
	// Numbers are what Seen answers.
	Numbers struct {
		Numbers []int `json:"numbers"`
	}
	// Text is what Mark and Tell hand on.
	Text struct {
		Text string `json:"text"`
	}
	// Letter is a text for the Mark of another service.
	Letter struct {
		Route string `json:"route"`
		Text  string `json:"text"`
	}
	// User is what Bind takes.
	User struct {
		UID int64 `json:"uid"`
	}
	// Identity is what Who answers.
	Identity struct {
		Label string `json:"label"`
		ID    int64  `json:"id,string"`
		UID   int64  `json:"uid"`
	}
	// Marks are what Marked and Closed answer.
	Marks struct {
		Marks []string `json:"marks"`
	}
	// Nothing is an empty object.
	Nothing struct{}
)

// Service has the handlers that the tests call. Go Nano calls them all on one goroutine.
type Service struct {
	component.Base
	label string

	mu     sync.Mutex // what follows is also used by Lifetime's callback
	closed []string   // marks of the sessions that closed
}

func newService(label string) *Service { return &Service{label: label, closed: []string{}} }

// onClosed is Go Nano's word that a session is gone.
func (s *Service) onClosed(closed *session.Session) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if mark := closed.String("mark"); mark != "" {
		s.closed = append(s.closed, mark)
	}
}

// Echo answers what it is sent.
func (s *Service) Echo(session *session.Session, payload []byte) error {
	return session.Response(payload)
}

// Push sends its payload back as a push.
func (s *Service) Push(session *session.Session, payload []byte) error {
	return session.Push("onPush", payload)
}

// Who answers which node serves the session, and what it knows of it.
func (s *Service) Who(session *session.Session, _ *Nothing) error {
	return session.Response(&Identity{Label: s.label, ID: session.ID(), UID: session.UID()})
}

// Bind gives the session a user.
func (s *Service) Bind(session *session.Session, user *User) error {
	if err := session.Bind(user.UID); err != nil {
		return err
	}
	return session.Response(&Nothing{})
}

// Seq keeps the number for Seen.
func (s *Service) Seq(session *session.Session, number *Number) error {
	numbers, _ := session.Value("numbers").([]int)
	session.Set("numbers", append(numbers, number.N))
	return nil
}

// Seen answers the numbers that Seq was sent, in the order of their coming.
func (s *Service) Seen(session *session.Session, _ *Nothing) error {
	numbers, _ := session.Value("numbers").([]int)
	return session.Response(&Numbers{Numbers: append([]int{}, numbers...)})
}

// Mark keeps a name for the session and pushes it back.
func (s *Service) Mark(session *session.Session, mark *Text) error {
	session.Set("mark", mark.Text)
	return session.Push("onMark", mark)
}

// Closed answers the marks of the sessions that closed.
func (s *Service) Closed(session *session.Session, _ *Nothing) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return session.Response(&Marks{Marks: append([]string{}, s.closed...)})
}

// Tell sends the text to a handler of another service, in the name of the session.
func (s *Service) Tell(session *session.Session, letter *Letter) error {
	return session.RPC(letter.Route, &Text{Text: letter.Text})
}

// Slow answers after that many milliseconds.
func (s *Service) Slow(session *session.Session, number *Number) error {
	id := session.LastMid()
	time.AfterFunc(time.Duration(number.N)*time.Millisecond, func() { session.ResponseMID(id, number) })
	return nil
}

// Never does not answer.
func (s *Service) Never(*session.Session, *Nothing) error { return nil }

// Close ends the session.
func (s *Service) Close(session *session.Session, _ *Nothing) error {
	session.Close()
	return nil
}
