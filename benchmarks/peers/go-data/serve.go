package data

import (
	"context"
	"encoding/json"
	"fmt"
	"html/template"
	"log"
	"math/rand"
	"net/http"
	"sort"
	"strconv"
	"time"
)

// Store is what a driver does.
type Store interface {
	World(ctx context.Context, id int32) (World, error)
	Worlds(ctx context.Context, ids []int32) ([]World, error)
	Update(ctx context.Context, worlds []World) error
	Fortunes(ctx context.Context) ([]Fortune, error)
	Products(ctx context.Context, category string, after *Cursor, limit int) ([]Product, error)
	Orders(ctx context.Context, account int64, limit int) ([]Order, error)
}

var page = template.Must(template.New("fortunes").Parse(
	`<!DOCTYPE html><html><head><title>Fortunes</title></head><body><table><tr><th>id</th><th>message</th></tr>` +
		`{{range .}}<tr><td>{{.ID}}</td><td>{{.Message}}</td></tr>{{end}}</table></body></html>`))

func init() { rand.Seed(time.Now().UnixNano()) }

// RandomID is the key of a row of the table world.
func RandomID() int32 { return rand.Int31n(10000) + 1 }

// Distinct keys.
func randomIDs(count int) []int32 {
	ids, taken := make([]int32, 0, count), make(map[int32]bool, count)
	for len(ids) < count {
		if id := RandomID(); !taken[id] {
			ids, taken[id] = append(ids, id), true
		}
	}
	return ids
}

func number(request *http.Request, name string, most int) int {
	value, err := strconv.Atoi(request.URL.Query().Get(name))
	if err != nil || value < 1 {
		return 1
	}
	if value > most {
		return most
	}
	return value
}

// A handler whose answer is written as JSON.
func answer(handle func(*http.Request) (any, error)) http.HandlerFunc {
	return func(writer http.ResponseWriter, request *http.Request) {
		value, err := handle(request)
		if err != nil {
			log.Print(err)
			http.Error(writer, "It failed.", http.StatusInternalServerError)
			return
		}
		writer.Header().Set("Content-Type", "application/json")
		json.NewEncoder(writer).Encode(value)
	}
}

func update(store Store, request *http.Request) ([]World, error) {
	worlds, err := store.Worlds(request.Context(), randomIDs(number(request, "count", 500)))
	if err != nil {
		return nil, err
	}
	for i := range worlds {
		worlds[i].Number = RandomID()
	}
	return worlds, store.Update(request.Context(), worlds)
}

func products(store Store, request *http.Request) (any, error) {
	query := request.URL.Query()
	limit := number(request, "limit", 500)
	after, err := parseCursor(query.Get("after"))
	if err != nil {
		return nil, err
	}
	found, err := store.Products(request.Context(), query.Get("category"), after, limit)
	answer := Page{Items: found}
	if err == nil && len(found) == limit {
		last := found[limit-1]
		next := Cursor{last.Price.Amount, last.ID}.String()
		answer.Next = &next
	}
	return answer, err
}

func fortunes(store Store) http.HandlerFunc {
	return func(writer http.ResponseWriter, request *http.Request) {
		found, err := store.Fortunes(request.Context())
		if err != nil {
			http.Error(writer, "It failed.", http.StatusInternalServerError)
			return
		}
		found = append(found, Fortune{Message: "Additional fortune added at request time."})
		sort.Slice(found, func(i, j int) bool { return found[i].Message < found[j].Message })
		writer.Header().Set("Content-Type", "text/html; charset=utf-8")
		page.Execute(writer, found)
	}
}

// Serve answers until the process ends.
func Serve(port int, store Store) {
	http.HandleFunc("/row", answer(func(request *http.Request) (any, error) {
		return store.World(request.Context(), RandomID())
	}))
	http.HandleFunc("/rows", answer(func(request *http.Request) (any, error) {
		return store.Worlds(request.Context(), randomIDs(number(request, "count", 500)))
	}))
	http.HandleFunc("/updates", answer(func(request *http.Request) (any, error) { return update(store, request) }))
	http.HandleFunc("/fortunes", fortunes(store))
	http.HandleFunc("/products", answer(func(request *http.Request) (any, error) { return products(store, request) }))
	http.HandleFunc("/orders", answer(func(request *http.Request) (any, error) {
		return store.Orders(request.Context(), rand.Int63n(200)+1, number(request, "count", 500))
	}))
	log.Fatal(http.ListenAndServe(fmt.Sprintf("127.0.0.1:%d", port), nil))
}
