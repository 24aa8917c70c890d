;; The inner products of all pairs of rows, block of columns by block of columns: the one loop in which clustering spends its time, and how
;; threads share the blocks out. Every thread has an instance of this module on the same memory.
;;
;; The dimensions come a panel at a time. $open hands out the blocks of a panel, $work does blocks until all are taken, $join waits until all are
;; done. The thread that wants the products calls $begin, these three for each panel, and $close; a helper calls $help, which works until $close.
;; A helper that comes late, or not at all, has taken no block, so nothing waits for it.
(module
  (import "threads" "memory" (memory 1 65536 shared))

  ;; What the threads agree by lies at the beginning of the memory. Blocks are numbered through all panels.
  ;;  0 next: the block that is taken next.
  ;;  4 ready: blocks below this number may be taken; −1 when there are no more.
  ;;  8 done: blocks done.
  ;; 12 tiles: the rows, as tiles of four.
  ;; 16 blocks: of a panel, each with the sums of 16 tiles of columns, fewer in the last: few enough that their rows stay in the second cache while
  ;;    all others pass, and that every thread finds some.
  ;; 20 sums: the address of the blocks of sums, one after the other; a block is [rows, 64] doubles, row-major, its rows those up to the diagonal.
  ;; 24 panel: the address of the open panel: its rows, in tiles of four; within a tile, for each pair of dimensions, that pair of row 0, of row 1,
  ;;    of row 2, of row 3.
  ;; 28 tileBytes: 4 rows · dimensions of the open panel (even) · 8 bytes.

  ;; The sums begin at whatever they are. A helper that is still on its way from an earlier product finds nothing ready, or helps with this one.
  (func (export "begin") (param $tiles i32) (param $sums i32)
    (i32.store offset=12 (i32.const 0) (local.get $tiles))
    (i32.store offset=16 (i32.const 0) (i32.shr_u (i32.add (local.get $tiles) (i32.const 15)) (i32.const 4)))
    (i32.store offset=20 (i32.const 0) (local.get $sums))
    (i32.atomic.store offset=0 (i32.const 0) (i32.const 0))
    (i32.atomic.store offset=8 (i32.const 0) (i32.const 0))
    (i32.atomic.store offset=4 (i32.const 0) (i32.const 0)))

  (func (export "open") (param $panel i32) (param $tileBytes i32)
    (i32.store offset=24 (i32.const 0) (local.get $panel))
    (i32.store offset=28 (i32.const 0) (local.get $tileBytes))
    (drop (i32.atomic.rmw.add offset=4 (i32.const 0) (i32.load offset=16 (i32.const 0))))
    (drop (memory.atomic.notify offset=4 (i32.const 0) (i32.const -1))))

  (func $work (export "work") (local $taken i32) (local $block i32) (local $left i32) (local $right i32) (local $done i32)
    (loop $taking
      (local.set $taken (i32.atomic.load offset=0 (i32.const 0)))
      (if (i32.lt_s (local.get $taken) (i32.atomic.load offset=4 (i32.const 0)))
        (then
          (if (i32.eq
              (local.get $taken)
              (i32.atomic.rmw.cmpxchg offset=0 (i32.const 0) (local.get $taken) (i32.add (local.get $taken) (i32.const 1))))
            (then
              ;; From the right, where blocks have the most rows: what is done last should be small.
              (local.set $block (i32.sub
                (i32.sub (i32.load offset=16 (i32.const 0)) (i32.const 1))
                (i32.rem_u (local.get $taken) (i32.load offset=16 (i32.const 0)))))
              (local.set $left (i32.shl (local.get $block) (i32.const 4)))
              (local.set $right (i32.add (local.get $left) (i32.const 16)))
              (call $accumulate
                (i32.load offset=24 (i32.const 0))
                (i32.load offset=28 (i32.const 0))
                ;; Before block b lie 1 + 2 + … + b squares of 64 · 64 doubles.
                (i32.add (i32.load offset=20 (i32.const 0)) (i32.shl
                  (i32.mul (local.get $block) (i32.add (local.get $block) (i32.const 1)))
                  (i32.const 14)))
                (local.get $left)
                (select (local.get $right) (i32.load offset=12 (i32.const 0)) (i32.lt_u (local.get $right) (i32.load offset=12 (i32.const 0)))))
              (local.set $done (i32.add (i32.atomic.rmw.add offset=8 (i32.const 0) (i32.const 1)) (i32.const 1)))
              (if (i32.eq (local.get $done) (i32.atomic.load offset=4 (i32.const 0)))
                (then (drop (memory.atomic.notify offset=8 (i32.const 0) (i32.const -1)))))))
          (br $taking)))))

  (func (export "join") (local $done i32)
    (loop $waiting
      (local.set $done (i32.atomic.load offset=8 (i32.const 0)))
      (if (i32.lt_s (local.get $done) (i32.atomic.load offset=4 (i32.const 0)))
        (then
          (drop (memory.atomic.wait32 offset=8 (i32.const 0) (local.get $done) (i64.const -1)))
          (br $waiting)))))

  (func (export "close")
    (i32.atomic.store offset=4 (i32.const 0) (i32.const -1))
    (drop (memory.atomic.notify offset=4 (i32.const 0) (i32.const -1))))

  (func (export "help") (local $ready i32)
    (loop $panels
      (local.set $ready (i32.atomic.load offset=4 (i32.const 0)))
      (if (i32.ge_s (local.get $ready) (i32.const 0))
        (then
          (call $work)
          ;; Returns at once where the next panel has been opened meanwhile.
          (drop (memory.atomic.wait32 offset=4 (i32.const 0) (local.get $ready) (i64.const -1)))
          (br $panels)))))

  ;; Adds to the sums of a block the inner products over a panel's dimensions of the tiles from $left to $right with all rows up to the diagonal.
  ;; Two doubles a step (SIMD), a tile of four rows by two kept in registers: 16 multiply-adds for 6 loads.
  (func $accumulate (param $panel i32) (param $tileBytes i32) (param $sums i32) (param $left i32) (param $right i32)
    (local $i i32) (local $j i32) (local $a i32) (local $b i32) (local $end i32) (local $out i32)
    (local $x0 v128) (local $x1 v128) (local $x2 v128) (local $x3 v128) (local $y0 v128) (local $y1 v128)
    (local $s00 v128) (local $s10 v128) (local $s20 v128) (local $s30 v128)
    (local $s01 v128) (local $s11 v128) (local $s21 v128) (local $s31 v128)
    ;; i counts tiles of four rows, j pairs of rows, from the diagonal on.
    (loop $rowTiles
      (local.set $j (i32.shl
        (select (local.get $i) (local.get $left) (i32.gt_u (local.get $i) (local.get $left)))
        (i32.const 1)))
      (loop $columnPairs
        (local.set $s00 (v128.const i64x2 0 0))
        (local.set $s10 (v128.const i64x2 0 0))
        (local.set $s20 (v128.const i64x2 0 0))
        (local.set $s30 (v128.const i64x2 0 0))
        (local.set $s01 (v128.const i64x2 0 0))
        (local.set $s11 (v128.const i64x2 0 0))
        (local.set $s21 (v128.const i64x2 0 0))
        (local.set $s31 (v128.const i64x2 0 0))
        (local.set $a (i32.add (local.get $panel) (i32.mul (local.get $i) (local.get $tileBytes))))
        ;; An odd pair is the second half of its tile, 32 bytes further on.
        (local.set $b (i32.add
          (i32.add (local.get $panel) (i32.mul (i32.shr_u (local.get $j) (i32.const 1)) (local.get $tileBytes)))
          (i32.shl (i32.and (local.get $j) (i32.const 1)) (i32.const 5))))
        (local.set $end (i32.add (local.get $a) (local.get $tileBytes)))
        (loop $dimensions
          (local.set $x0 (v128.load offset=0 (local.get $a)))
          (local.set $x1 (v128.load offset=16 (local.get $a)))
          (local.set $x2 (v128.load offset=32 (local.get $a)))
          (local.set $x3 (v128.load offset=48 (local.get $a)))
          (local.set $y0 (v128.load offset=0 (local.get $b)))
          (local.set $y1 (v128.load offset=16 (local.get $b)))
          (local.set $s00 (f64x2.add (local.get $s00) (f64x2.mul (local.get $x0) (local.get $y0))))
          (local.set $s10 (f64x2.add (local.get $s10) (f64x2.mul (local.get $x1) (local.get $y0))))
          (local.set $s20 (f64x2.add (local.get $s20) (f64x2.mul (local.get $x2) (local.get $y0))))
          (local.set $s30 (f64x2.add (local.get $s30) (f64x2.mul (local.get $x3) (local.get $y0))))
          (local.set $s01 (f64x2.add (local.get $s01) (f64x2.mul (local.get $x0) (local.get $y1))))
          (local.set $s11 (f64x2.add (local.get $s11) (f64x2.mul (local.get $x1) (local.get $y1))))
          (local.set $s21 (f64x2.add (local.get $s21) (f64x2.mul (local.get $x2) (local.get $y1))))
          (local.set $s31 (f64x2.add (local.get $s31) (f64x2.mul (local.get $x3) (local.get $y1))))
          (local.set $b (i32.add (local.get $b) (i32.const 64)))
          (br_if $dimensions (i32.lt_u (local.tee $a (i32.add (local.get $a) (i32.const 64))) (local.get $end))))
        ;; Row r of the tile: (Σ s[r][0], Σ s[r][1]), the even and the odd dimensions brought together.
        (local.set $out (i32.add (local.get $sums) (i32.add
          (i32.shl (local.get $i) (i32.const 11))
          (i32.shl (i32.sub (local.get $j) (i32.shl (local.get $left) (i32.const 1))) (i32.const 4)))))
        (v128.store offset=0 (local.get $out) (f64x2.add (v128.load offset=0 (local.get $out)) (f64x2.add
          (i8x16.shuffle 0 1 2 3 4 5 6 7 16 17 18 19 20 21 22 23 (local.get $s00) (local.get $s01))
          (i8x16.shuffle 8 9 10 11 12 13 14 15 24 25 26 27 28 29 30 31 (local.get $s00) (local.get $s01)))))
        (v128.store offset=512 (local.get $out) (f64x2.add (v128.load offset=512 (local.get $out)) (f64x2.add
          (i8x16.shuffle 0 1 2 3 4 5 6 7 16 17 18 19 20 21 22 23 (local.get $s10) (local.get $s11))
          (i8x16.shuffle 8 9 10 11 12 13 14 15 24 25 26 27 28 29 30 31 (local.get $s10) (local.get $s11)))))
        (v128.store offset=1024 (local.get $out) (f64x2.add (v128.load offset=1024 (local.get $out)) (f64x2.add
          (i8x16.shuffle 0 1 2 3 4 5 6 7 16 17 18 19 20 21 22 23 (local.get $s20) (local.get $s21))
          (i8x16.shuffle 8 9 10 11 12 13 14 15 24 25 26 27 28 29 30 31 (local.get $s20) (local.get $s21)))))
        (v128.store offset=1536 (local.get $out) (f64x2.add (v128.load offset=1536 (local.get $out)) (f64x2.add
          (i8x16.shuffle 0 1 2 3 4 5 6 7 16 17 18 19 20 21 22 23 (local.get $s30) (local.get $s31))
          (i8x16.shuffle 8 9 10 11 12 13 14 15 24 25 26 27 28 29 30 31 (local.get $s30) (local.get $s31)))))
        (br_if $columnPairs (i32.lt_u
          (local.tee $j (i32.add (local.get $j) (i32.const 1)))
          (i32.shl (local.get $right) (i32.const 1)))))
      (br_if $rowTiles (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (local.get $right))))))
