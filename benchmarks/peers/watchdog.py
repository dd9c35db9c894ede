"""python3 watchdog.py [ROOT]: prints the path of each change, one a line. Without ROOT: is it there?"""
import sys
import time

sys.path = [p for p in sys.path if not p.endswith("/peers")]  # this file has the module's name
from watchdog.events import FileSystemEventHandler
from watchdog.observers import Observer

if len(sys.argv) < 2:
    sys.exit(0)


class Teller(FileSystemEventHandler):
    def on_any_event(self, event):
        sys.stdout.write(event.src_path + "\n")
        sys.stdout.flush()


observer = Observer()
observer.schedule(Teller(), sys.argv[1], recursive=True)
observer.start()
while True:
    time.sleep(3600)
